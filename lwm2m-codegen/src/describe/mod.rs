//! One object for a person or a program: an aligned table, or JSON. The third form is [`Object::to_xml`].
//!
//! [`Object::to_xml`]: crate::model::Object::to_xml

mod json;
mod text;

pub use json::{diff as diff_json, object as json};
pub use text::object as text;
