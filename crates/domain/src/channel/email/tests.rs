//! What is read of mail.

mod corpus;
