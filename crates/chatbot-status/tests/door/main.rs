//! The chatbot's door as clients see it: the router on the ports in memory, with real tokens and an
//! emulated Cognito and Secrets Manager.

mod platform;
mod scene;
mod status;
