//! A function that answers with what it got: what the double of the Runtime API is tested with.
use lambda_http::{Body, Error, Request, RequestExt, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    println!(
        "started as {}",
        std::env::var("ECHO_NAME").unwrap_or_default()
    );
    run(service_fn(echo)).await
}

async fn echo(request: Request) -> Result<Response<Body>, Error> {
    match request.raw_http_path() {
        "/fail" => return Err("asked to fail".into()),
        "/exit" => std::process::exit(3),
        "/hang" => {
            println!("hanging");
            std::future::pending::<()>().await;
        }
        "/binary" => {
            // The content type, not the kind of body, makes lambda_http answer in base64.
            let answer = Response::builder().header("content-type", "application/octet-stream");
            return Ok(answer.body(Body::Binary(vec![0, 159, 146, 150]))?);
        }
        _ => {}
    }
    let query = request.query_string_parameters();
    let header = request
        .headers()
        .get("x-test")
        .map(|value| value.as_bytes().to_vec());
    let text = format!(
        "{} {} q={} x={} body={}",
        request.method(),
        request.uri().path(),
        query.all("q").unwrap_or_default().join(","),
        String::from_utf8_lossy(&header.unwrap_or_default()),
        String::from_utf8_lossy(request.body()),
    );
    let answer = Response::builder()
        .status(201)
        .header("set-cookie", "a=1")
        .header("set-cookie", "b=2")
        .body(Body::Text(text))?;
    Ok(answer)
}
