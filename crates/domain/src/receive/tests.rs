//! Receiving: which ticket a message belongs to, and that no order, repetition, crowd or crash changes
//! what comes of it.

mod accounts;
mod changes;
mod crowd;
mod greetings;
mod identity;
mod order;
mod parking;
mod people;
mod receipts;
mod trouble;
mod which_ticket;
