//! Where committed events go, whichever way a deployment has chosen: Kafka, or an archive in the bucket for desks
//! without one. And what is counted of them on the way.

mod announce;
mod archive;
mod sink;

pub use announce::announce;
pub use archive::EventArchive;
pub use sink::EventSink;
