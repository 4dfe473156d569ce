//! The models of the book have no migrations, so nothing is there to check them against.

fn main() {
    println!("cargo:rustc-env=MODEL_UNCHECKED=1");
}
