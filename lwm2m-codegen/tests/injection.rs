//! No text of a definition becomes code.

#![cfg(feature = "registry")]

use lwm2m_codegen::{
    generate::{self, Form},
    model::{Object, Operations, Resource, ResourceType},
    registry::Registry,
};
use proc_macro2::{TokenStream, TokenTree};

/// Texts that would be code where they ended the comment, literal or line that they stand in.
const HOSTILE: [&str; 12] = [
    "*/ fn evil() {} /*",
    "a\nfn evil() {}",
    "a\rfn evil() {}",
    "a\u{2028}fn evil() {}",
    "\"; fn evil() {} //",
    "\"]\nfn evil() {} #[doc = \"",
    "\"#\"##; fn evil() {} r#\"",
    "`; fn evil() {} `",
    "```\nfn evil() {}\n```",
    "\\\"; fn evil() {} //",
    "1; fn evil() {}",
    "}}}} fn evil() {} {{{{",
];

fn identifiers(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Ident(identifier) => found.push(identifier.to_string()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// An object that has a text wherever a definition has one, and names that clash with it, keywords and each other.
fn object(text: &str) -> Object {
    let mut object = Object::new(32_001, text, text);
    object.description = text.into();
    object.description2 = text.into();
    let names = [
        text, text, "self", "Self", "type", "async", "24/7", "3", "", "Foo", "foo", "Foo 9",
    ];
    for (id, name) in (0..).zip(names) {
        let mut resource = Resource::new(id, name);
        resource.operations = Operations::R;
        resource.resource_type = Some(ResourceType::String);
        resource.description = text.into();
        resource.units = text.into();
        resource.range = text.into();
        object.resources.push(resource);
    }
    object
}

// proves: ROB-68
#[test]
fn no_text_becomes_code() {
    let registry = Registry::embedded();
    for form in [Form::Direct, Form::Derive, Form::Tables] {
        for text in HOSTILE {
            let source = generate::file(&[&object(text)], registry.words(), form).unwrap();
            let file = syn::parse_file(&source).unwrap();
            let mut found = Vec::new();
            identifiers(source.parse().unwrap(), &mut found);
            assert!(!file.items.is_empty() && found.len() > 20);
            assert!(
                !found.iter().any(|identifier| identifier == "evil"),
                "{text:?}\n{source}"
            );
        }
    }
    // The search would find it.
    let mut found = Vec::new();
    identifiers("mod a { fn evil() {} }".parse().unwrap(), &mut found);
    assert!(found.contains(&"evil".to_owned()));
}
