//! What `tracing` writes, to be looked at.

use std::io;
use std::sync::{Arc, Mutex};

/// A log in memory, for a subscriber to write to: `with_writer(move || log.clone())`.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// All of it so far.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the log is whole").clone()).expect("a log is text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log is whole").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
