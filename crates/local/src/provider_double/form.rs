//! multipart/form-data as clients post it (RFC 7578).
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use memchr::memmem::find;

/// A field of a form.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) value: Bytes,
}

/// The fields of a form.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<Field>);

impl Form {
    /// Reads a form; none when the body is none.
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let (kind, parameters) = content_type.split_once(';')?;
        let boundary = parameters
            .trim()
            .strip_prefix("boundary=")?
            .trim_matches('"');
        if kind != "multipart/form-data" || boundary.is_empty() {
            return None;
        }
        let delimiter = format!("\r\n--{boundary}");
        let mut form = Self::default();
        let mut rest = body.slice(find(body, &delimiter.as_bytes()[2..])? + delimiter.len() - 2..);
        while let Some(part) = rest.strip_prefix(b"\r\n").map(|part| rest.slice_ref(part)) {
            let end = find(&part, delimiter.as_bytes())?;
            form.0.push(Field::read(&part.slice(..end))?);
            rest = part.slice(end + delimiter.len()..);
        }
        rest.starts_with(b"--").then_some(form)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.name == name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = &self.get(name)?.value;
        std::str::from_utf8(value).ok()
    }
}

impl Field {
    fn read(part: &Bytes) -> Option<Self> {
        let head_end = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..head_end]).ok()?;
        let header = |name: &str| {
            head.split("\r\n").find_map(|line| {
                let (given, value) = line.split_once(':')?;
                given.eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let disposition = header("content-disposition")?;
        let parameter = |name: &str| {
            let (_, quoted) = disposition.split_once(&format!("; {name}=\""))?;
            Some(quoted.split_once('"')?.0.to_owned())
        };
        Some(Self {
            name: parameter("name")?,
            file_name: parameter("filename"),
            mime_type: header("content-type").map(str::to_owned),
            value: part.slice(head_end + 4..),
        })
    }
}
