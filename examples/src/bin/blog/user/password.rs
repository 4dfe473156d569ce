//! Asking for a password. It is never an argument: those are seen in the list of processes and in the shell's history.

use std::io::{self, IsTerminal};

use anyhow::{Context, ensure};
use secrecy::{ExposeSecret, SecretString};

/// A new password: typed twice without being shown, or where standard input is no terminal, its first line.
pub fn read() -> anyhow::Result<SecretString> {
    let password = if io::stdin().is_terminal() { typed()? } else { piped()? };
    ensure!(
        !password.expose_secret().is_empty(),
        "the password is empty: type one, or give it as the first line of standard input"
    );
    Ok(password)
}

fn typed() -> anyhow::Result<SecretString> {
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map(SecretString::from).context("the password cannot be read")
    };
    let password = ask("Password: ")?;
    let again = ask("The same again: ")?;
    ensure!(password.expose_secret() == again.expose_secret(), "the password was not typed the same again");
    Ok(password)
}

fn piped() -> anyhow::Result<SecretString> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("the password cannot be read")?;
    if line.ends_with('\n') {
        line.pop();
        if line.ends_with('\r') {
            line.pop();
        }
    }
    Ok(line.into())
}
