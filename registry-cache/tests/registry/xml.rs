//! Looks into the object files by their fixed form; that the form holds is what `files` and `refresh` prove.

/// The text between the first `<name>` and its end, entities as they stand.
pub(crate) fn text<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// Each resource: its id, and the elements in it.
pub(crate) fn resources(xml: &str) -> impl Iterator<Item = (u16, &str)> {
    xml.split("<Item ID=\"").skip(1).map(|item| {
        let (id, rest) = item.split_once("\">").unwrap();
        (id.parse().unwrap(), rest.split_once("</Item>").unwrap().0)
    })
}

/// Blanks at the ends removed, inner ones folded to one, entities resolved.
pub(crate) fn folded(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
