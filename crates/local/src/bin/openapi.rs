//! Prints the API's document as generated from the code.

fn main() -> Result<(), serde_json::Error> {
    println!(
        "{}",
        serde_json::to_string_pretty(&tributary_local::document::openapi())?
    );
    Ok(())
}
