//! The agents' door as clients see it: the router on the ports in memory, with real tokens and an
//! emulated Cognito and Secrets Manager.

mod auth;
mod channels;
mod create;
mod deliveries;
mod document;
mod html;
mod lists;
mod messages;
mod outage;
mod people;
mod platform;
mod put;
mod read;
mod scene;
mod typing;
