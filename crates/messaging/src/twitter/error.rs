//! What X's answers mean (X API, "Response codes and errors" and "Rate limits", August 2026).

use std::time::Duration;

use super::wire::ProblemBody;
use crate::http::Answer;
use crate::verdict::{AGAIN, EDIT, Verdict, broken, limited, refused, retryable, unknown};

const RECIPIENT: &str = "The customer may not take messages from everybody, may have blocked us, or may have moved to encrypted chat. Ask the customer to write first, or answer on another channel.";

/// Problems that are about our app or user, and not about a message or its recipient.
const OURS: [(&str, &str); 4] = [
    (
        "client-forbidden",
        "The X app may not send direct messages: its plan or its project does not allow it.",
    ),
    (
        "usage-capped",
        "The X app has used up what its plan allows.",
    ),
    (
        "oauth1-permissions",
        "The X app lacks the permission for direct messages.",
    ),
    (
        "unsupported-authentication",
        "X does not take the kind of token that the channel has.",
    ),
];

/// The same as codes of v1.1: 64 suspended, 93 no permission for direct messages, 326 locked.
const OUR_CODES: [(i64, &str); 3] = [
    (64, "X has suspended the user."),
    (93, "The X app lacks the permission for direct messages."),
    (
        326,
        "X has locked the user for a while: sign in at x.com and unlock it.",
    ),
];

/// What an answer means: what `taken` reads, or why there is nothing.
pub(super) fn judge<T>(
    answer: &Answer,
    taken: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, Verdict> {
    let body = answer.body.as_deref().unwrap_or_default();
    if answer.status.is_success() {
        let verdict = || unknown("unreadable-answer", "X's answer could not be read.").into();
        return taken(body).ok_or_else(verdict);
    }
    Err(refusal(answer, ProblemBody::read(body).as_ref()))
}

/// The same for a call that hands over a file.
pub(super) fn judge_upload<T>(
    answer: &Answer,
    taken: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, Verdict> {
    judge(answer, taken).map_err(|verdict| verdict.of_upload("X"))
}

fn refusal(answer: &Answer, problem: Option<&ProblemBody>) -> Verdict {
    let status = answer.status.as_u16();
    let code = told(status, problem);
    if let Some(message) = problem.and_then(is_ours) {
        return broken(code, message).into();
    }
    match (status, problem) {
        (401, _) => {
            let message = "X does not accept the user's tokens.";
            Verdict::from(broken(code, message)).credentials_refused()
        }
        (402, _) => broken(code, "The X app has no credits left.").into(),
        (403, _) => refused(code, "X does not let us write to this customer.", RECIPIENT).into(),
        (404, _) => refused(code, "X does not know the customer any more.", RECIPIENT).into(),
        (429, _) => limited(code, "X asks us to slow down.", reset(answer)).into(),
        (300..=399, _) => broken(code, "X's address is not right.").into(),
        (500..=599, Some(_)) => {
            let asked = answer.retry_after();
            retryable(code, "X had an internal error.", AGAIN, asked).into()
        }
        (500..=599, None) => unknown(
            code,
            "X had an error and did not say whether it took the message.",
        )
        .into(),
        _ => refused(code, "X refused the message.", EDIT).into(),
    }
}

/// The code as people are told it: the problem's name, v1.1's number, or the status.
fn told(status: u16, problem: Option<&ProblemBody>) -> String {
    let name = problem.and_then(ProblemBody::name).map(str::to_owned);
    let code = || Some(problem?.code()?.to_string());
    name.or_else(code)
        .unwrap_or_else(|| format!("http-{status}"))
}

fn is_ours(problem: &ProblemBody) -> Option<&'static str> {
    let by_name = OURS
        .iter()
        .find(|(name, _)| Some(*name) == problem.name())
        .map(|(_, message)| *message);
    by_name.or_else(|| {
        OUR_CODES
            .iter()
            .find(|(code, _)| Some(*code) == problem.code())
            .map(|(_, message)| *message)
    })
}

/// When X takes more: at the end of the quarter of an hour, or of the day when that is used up.
pub(super) fn reset(answer: &Answer) -> Option<Duration> {
    let day = ["user", "app"].into_iter().filter_map(|whose| {
        let left = answer.number(&format!("x-{whose}-limit-24hour-remaining"))?;
        let reset = answer.until(&format!("x-{whose}-limit-24hour-reset"));
        reset.filter(|_| left == 0)
    });
    day.chain(answer.until("x-rate-limit-reset")).max()
}

#[cfg(test)]
mod tests;
