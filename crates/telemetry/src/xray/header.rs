//! The header by which Lambda says which trace an invocation belongs to.

/// `Root=1-…;Parent=…;Sampled=1` (AWS X-Ray Developer Guide, "Tracing header").
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TraceHeader {
    /// The trace.
    pub(super) root: String,
    /// The segment that Lambda made.
    pub(super) parent: String,
    /// Whether the trace is kept.
    pub(super) sampled: bool,
}

impl TraceHeader {
    /// Reads the header; none when trace or segment is missing. Parts that are not known are passed over.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let part = |name: &str| {
            let mut parts = text
                .split(';')
                .filter_map(|part| part.trim().split_once('='));
            parts.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        Some(Self {
            root: part("Root")?.to_owned(),
            parent: part("Parent")?.to_owned(),
            sampled: part("Sampled") == Some("1"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_trace_and_segment_whatever_stands_beside_them() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:b";
        let expected = TraceHeader {
            root: "1-5759e988-bd862e3fe1be46a994272793".to_owned(),
            parent: "53995c3f42cd8ad8".to_owned(),
            sampled: true,
        };
        assert_eq!(TraceHeader::parse(header), Some(expected));
        let unsampled = TraceHeader::parse("Root=1-2-3; Parent=4; Sampled=0").expect("a header");
        assert!(!unsampled.sampled);
        assert_eq!(TraceHeader::parse("Root=1-2-3;Sampled=1"), None);
        assert_eq!(TraceHeader::parse(""), None);
    }
}
