use super::*;
use crate::attachment::AttachmentState;
use crate::id::AttachmentId;
use crate::memory::SimulatedSurroundings;
use crate::surroundings::Surroundings;

fn file(kind: AttachmentKind) -> Attachment {
    let world = SimulatedSurroundings::new(1);
    Attachment {
        id: AttachmentId::generate(world.now(), world.random()),
        kind,
        state: AttachmentState::Stored,
        source: None,
        blob_key: None,
        name: None,
        mime_type: None,
        size_bytes: None,
    }
}

fn shapes(channel: Channel, text: &str, files: &[Attachment]) -> Vec<(usize, usize)> {
    let parts = parts(channel, text, files);
    parts
        .iter()
        .map(|part| (part.text.len(), part.files.len()))
        .collect()
}

#[test]
fn a_mail_is_always_one_part() {
    let files = [file(AttachmentKind::Image), file(AttachmentKind::File)];
    let text = "x".repeat(10_000);
    for channel in [Channel::Email, Channel::WebChat] {
        assert_eq!(shapes(channel, &text, &files), [(10_000, 2)]);
    }
}

#[test]
fn messenger_and_instagram_take_text_and_each_file_by_itself() {
    let files = [file(AttachmentKind::Image), file(AttachmentKind::Video)];
    for channel in [Channel::Facebook, Channel::Instagram] {
        assert_eq!(shapes(channel, "Hi", &files), [(2, 0), (0, 1), (0, 1)]);
        assert_eq!(shapes(channel, "", &files), [(0, 1), (0, 1)]);
    }
    assert_eq!(
        shapes(Channel::Facebook, &"x".repeat(4001), &[]),
        [(2000, 0), (2000, 0), (1, 0)]
    );
    assert_eq!(
        shapes(Channel::Instagram, &"é".repeat(600), &[]),
        [(1000, 0), (200, 0)]
    );
}

#[test]
fn whatsapp_takes_a_short_text_as_the_caption_of_an_only_file_that_can_have_one() {
    let image = [file(AttachmentKind::Image)];
    assert_eq!(shapes(Channel::WhatsApp, "Hi", &image), [(2, 1)]);
    let long = "x".repeat(1025);
    assert_eq!(
        shapes(Channel::WhatsApp, &long, &image),
        [(1025, 0), (0, 1)]
    );
    let voice = [file(AttachmentKind::Audio)];
    assert_eq!(shapes(Channel::WhatsApp, "Hi", &voice), [(2, 0), (0, 1)]);
    let two = [file(AttachmentKind::Image), file(AttachmentKind::Image)];
    assert_eq!(
        shapes(Channel::WhatsApp, "Hi", &two),
        [(2, 0), (0, 1), (0, 1)]
    );
}

#[test]
fn x_takes_one_file_with_each_text() {
    let files = [file(AttachmentKind::Image), file(AttachmentKind::Image)];
    assert_eq!(shapes(Channel::Twitter, "Hi", &files), [(2, 1), (0, 1)]);
    assert_eq!(shapes(Channel::Twitter, "", &files), [(0, 1), (0, 1)]);
    let long = "x".repeat(10_001);
    assert_eq!(
        shapes(Channel::Twitter, &long, &files[..1]),
        [(10_000, 0), (1, 1)]
    );
}
