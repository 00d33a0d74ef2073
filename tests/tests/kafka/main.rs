//! What only Apache Kafka can show: messages that outlive a broker, and the way in that MSK has for IAM.
//! `make test-engines` installs it and runs these.

mod iam;
mod killed;
