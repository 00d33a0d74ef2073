//! multipart/form-data, each field in bytes of its own charset (RFC 7578).

#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, Vec<u8>)>);

impl Form {
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.bytes_of(name, value.as_bytes().to_vec());
    }

    pub(super) fn bytes_of(&mut self, name: &str, value: Vec<u8>) {
        self.0.push((name.to_owned(), value));
    }

    /// The body, with this boundary between its fields.
    pub(super) fn bytes(self, boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in self.0 {
            let head =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&value);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        body
    }
}
