//! What the compiler says of each mistake: one file of one mistake, and the message beside it. The messages are
//! part of the product; `TRYBUILD=overwrite cargo test -p tests --test ui` writes them anew.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
