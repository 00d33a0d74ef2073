//! `POST /api/tickets/{id}/attachments`: a place for a file that an agent wants to send.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use tributary_domain::attach::{MAX_FILE_BYTES, PrepareError, Prepared, prepare};
use tributary_domain::ports::UploadForm;
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::{forbidden, no_such_ticket, port_problem};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::views::uploads::{UploadFieldView, UploadView};

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, TicketNotFound, TemporarilyUnavailable,
    InternalError
);

/// A place for one file of at most 25 MB. The browser posts the fields in their order, then the file as `file`, as
/// `multipart/form-data` to the url; then a message names the file by its id. What no message names within a day is
/// deleted.
#[utoipa::path(
    post,
    path = "/api/tickets/{id}/attachments",
    tag = "tickets",
    security(("agent" = [])),
    params(("id" = String, Path, description = "The ticket's id")),
    responses((status = 201, description = "A place for a file", body = UploadView), Refusals)
)]
pub(crate) async fn create_attachment<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
) -> Result<(StatusCode, Json<UploadView>), Problem> {
    parameters.among(&[])?;
    let prepared = prepare(door.desk(), &caller.principal, &id).await;
    let Prepared {
        id,
        form: UploadForm { url, fields },
        expires_at,
    } = prepared.map_err(problem)?;
    let fields = fields.into_iter();
    let view = UploadView {
        attachment_id: id.to_string(),
        url,
        fields: fields
            .map(|(name, value)| UploadFieldView { name, value })
            .collect(),
        max_bytes: MAX_FILE_BYTES,
        expires_at: expires_at.to_string(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

fn problem(error: PrepareError) -> Problem {
    match error {
        PrepareError::NoSuchTicket => no_such_ticket(),
        PrepareError::Forbidden => forbidden(),
        PrepareError::Port(error) => port_problem(&error),
    }
}
