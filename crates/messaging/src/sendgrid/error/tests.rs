//! Every answer of the table.
