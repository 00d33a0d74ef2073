//! The HTML of a mail on the wire: its own pictures get addresses, nothing else changes.

use serde::Serialize;
use tributary_domain::attachment::Attachment;
use tributary_domain::ports::{Blobs, PortError};
use utoipa::ToSchema;

use super::message::AttachmentView;

/// The HTML of a mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct HtmlView {
    /// Sanitised: no script, no style, nothing that loads from elsewhere. The mail's own pictures have addresses
    /// that are good for 15 minutes. Show it in a sandboxed frame all the same.
    pub html: String,
}

impl HtmlView {
    /// HTML as it is kept, with addresses for the files it shows.
    ///
    /// # Errors
    /// [`PortError`] when an address cannot be signed.
    pub(crate) async fn of(
        html: &str,
        attachments: Vec<Attachment>,
        blobs: &impl Blobs,
    ) -> Result<Self, PortError> {
        let mut files = Vec::new();
        for attachment in attachments {
            // Only what is shown is signed.
            if html.contains(&format!("\"attachment:{}\"", attachment.id)) {
                files.push(AttachmentView::of(attachment, blobs).await?);
            }
        }
        let html = with_addresses(html, &files);
        Ok(Self { html })
    }
}

/// Puts the addresses of files where the HTML names them.
pub(super) fn with_addresses(html: &str, files: &[AttachmentView]) -> String {
    let mut html = html.to_owned();
    for file in files {
        let name = format!("\"attachment:{}\"", file.attachment_id);
        if html.contains(&name) {
            let url = file.url.as_deref().unwrap_or_default();
            let url = url.replace('&', "&amp;").replace('"', "&quot;");
            html = html.replace(&name, &format!("\"{url}\""));
        }
    }
    html
}
