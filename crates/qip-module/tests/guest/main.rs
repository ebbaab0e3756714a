//! What the guest library does natively, and what the compiler says of declarations that are
//! wrong.

mod declarations;
mod outputs;
mod tiles;
