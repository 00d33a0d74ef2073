//! The memory that reading a mail takes, for the largest there are: with the body itself at most three
//! times its size. A test binary of its own, for it counts every allocation.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use peak_alloc::PeakAlloc;
use tributary_domain::channel::email::{self, html};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const CONTENT_TYPE: &str = "multipart/form-data; boundary=xYzZY";
const LARGE: usize = 25 * 1024 * 1024;
const SMALL: usize = LARGE / 10;

fn field(name: &str, value: &str) -> String {
    format!("--xYzZY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// What may be allocated whatever the size of the mail, in bytes.
const SLACK: f64 = 256.0 * 1024.0;

/// The most that was allocated beside the body while all of a mail was in use, in sizes of the body.
fn peak(mut body: Vec<u8>) -> (f64, f64) {
    body.extend(b"--xYzZY--\r\n");
    let body = Bytes::from(body);
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let mut mail = email::parse(CONTENT_TYPE, &body).expect("a form");
    let text = email::readable(&mut mail);
    let folds = email::fold(&text);
    let html = mail.html.as_deref().unwrap_or_default();
    let html = html::sanitise(html, &|id| Some(format!("attachment:{id}")));
    let peak = HEAP.peak_usage() - before;
    let files: usize = mail.files.iter().map(|file| file.bytes.len()).sum();
    assert!(
        text.len() + html.len() + folds.len() + files > SMALL / 2,
        "it was read"
    );
    #[expect(clippy::cast_precision_loss, reason = "a ratio to compare with 2")]
    let (peak, size) = (peak as f64, body.len() as f64);
    (peak / size, (peak - SLACK) / size)
}

/// Lines of a usual length.
fn lines() -> String {
    let line =
        "All work and no play makes a long mail, and it goes on and on. ".to_owned() + "\r\n";
    line.repeat(SMALL / line.len())
}

/// Lines of Russian in KOI8-R.
fn russian(size: usize) -> Vec<u8> {
    let line = [&[0xC1; 70][..], b"\r\n"].concat();
    line.repeat(size / line.len())
}

#[test]
fn a_mail_takes_at_most_three_times_its_size() {
    let raw = |head: &str, body: &str| field("email", &format!("{head}\r\n\r\n{body}"));
    let encoded = |encoding: &str| format!("Content-Transfer-Encoding: {encoding}");
    let base64 =
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let base64 = |length: usize| base64.repeat(length / base64.len());
    let image = "Content-Type: image/png; name=a.png\r\n";
    let line = "x".repeat(LARGE);
    let latin = "é".repeat(SMALL / 2);
    // In KOI8-R a letter is one byte, in UTF-8 two.
    let koi8 = |head: &str, text: &[u8]| {
        let head = format!("Content-Type: text/plain; charset=koi8-r\r\n{head}\r\n\r\n");
        let start = "--xYzZY\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n";
        [start.as_bytes(), head.as_bytes(), text, b"\r\n"].concat()
    };
    let letters = russian(LARGE);
    let charsets = field("charsets", r#"{"text":"koi8-r"}"#);
    let as_fields = [
        charsets.as_bytes(),
        b"--xYzZY\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n",
        &letters,
        b"\r\n",
    ];
    let in_base64 = BASE64_STANDARD.encode(russian(LARGE / 4 * 3));
    let all = [
        ("raw, KOI8-R", koi8(&encoded("8bit"), &letters)),
        (
            "raw, KOI8-R in base64",
            koi8(&encoded("base64"), in_base64.as_bytes()),
        ),
        ("default, KOI8-R", as_fields.concat()),
    ];
    let texts = [
        ("raw, a line", raw("", &line)),
        ("raw, lines", raw("", &lines())),
        ("raw, text beyond ASCII", raw("", &latin)),
        (
            "raw, text in base64",
            raw(&encoded("base64"), &base64(SMALL)),
        ),
        (
            "raw, text in quoted-printable",
            raw(&encoded("quoted-printable"), &lines()),
        ),
        (
            "raw, a file in base64",
            raw(&format!("{image}{}", encoded("base64")), &base64(LARGE)),
        ),
        ("raw, a file as it is", raw(image, &line)),
        ("default, a line", field("text", &line)),
        ("default, lines", field("text", &lines())),
        ("default, a file", field("attachment1", &line)),
        (
            "default, HTML to be cleaned",
            field("attachment1", &line) + &field("html", &"<p>x</p>".repeat(100_000)),
        ),
    ];
    let texts = texts.map(|(name, body)| (name, body.into_bytes()));
    for (name, body) in all.into_iter().chain(texts) {
        let (ratio, growing) = peak(body);
        println!("{name}: {ratio:.2}");
        assert!(growing <= 2.0, "{name}: {ratio:.2} beside the body");
    }
}
