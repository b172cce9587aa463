//! The annotated form of an object and the object generated directly are the same code.

use lwm2m_codegen::{
    emit::{self, Plan},
    model::Object,
    names::ObjectNames,
    registry::Registry,
    xml,
};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, File, Item};

use crate::{enumeration, object};

/// The expansion of the derives on a file, without what only a derive adds: the definition file and the assertions.
fn expand(source: &str) -> TokenStream {
    let file: File = syn::parse_str(source).unwrap();
    let mut expanded = TokenStream::new();
    for item in file
        .items
        .into_iter()
        .filter(|item| matches!(item, Item::Struct(_)))
    {
        let input: DeriveInput = syn::parse2(quote!(#item)).unwrap();
        let is_enumeration = source_of_derives(&input).contains("Lwm2mEnumeration");
        expanded.extend(match is_enumeration {
            true => enumeration::expand(&input).unwrap(),
            false => {
                let parsed = object::parse(&input).unwrap_or_else(|error| panic!("{error}\n{source}"));
                emit::implementation(&parsed.plan(&input))
            }
        });
    }
    expanded
}

fn source_of_derives(input: &DeriveInput) -> String {
    let derives = input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    quote!(#(#derives)*).to_string()
}

fn assert_equal(object: &Object, names: &ObjectNames) {
    let plan = Plan::new(object, names);
    // Through text, as a person's file comes to the compiler.
    let annotated = emit::annotated(&plan).to_string();
    let direct = emit::as_written(&plan);
    let implementation = emit::implementation(&direct);
    let door = emit::door();
    let enumerations = direct.enumerations.iter().map(|enumeration| {
        let enumeration = emit::enumeration_implementation(enumeration);
        quote!(const _: () = { #door #enumeration };)
    });
    let direct = quote!(#implementation #(#enumerations)*).to_string();
    let expanded = expand(&annotated).to_string();
    assert_eq!(
        expanded, direct,
        "object {} version {}",
        object.id, object.version
    );
}

#[test]
fn both_forms_of_every_registry_object_are_equal() {
    let registry = Registry::embedded();
    let objects = registry.objects();
    assert_eq!(objects.len(), 424);
    for object in objects {
        assert_equal(object, &ObjectNames::new(object, registry.words()));
    }
}

#[test]
fn descriptions_survive_both_forms() {
    let source = "<LWM2M><Object ObjectType=\"MODefinition\"><Name>Kettle</Name><Description1> First.\n\n  - `code` [x]\n\
        </Description1><ObjectID>32000</ObjectID><ObjectURN>urn:oma:lwm2m:x:32000</ObjectURN><MultipleInstances>Single\
        </MultipleInstances><Mandatory>Optional</Mandatory><Resources><Item ID=\"1\"><Name>Boil</Name><Operations>E\
        </Operations><MultipleInstances>Single</MultipleInstances><Mandatory>Optional</Mandatory><Type></Type>\
        <RangeEnumeration></RangeEnumeration><Units></Units><Description>Heats *all*\n of it.</Description></Item><Item ID=\"2\">\
        <Name>Fill</Name><Operations>R</Operations><MultipleInstances>Single</MultipleInstances><Mandatory>Mandatory\
        </Mandatory><Type>Float</Type><RangeEnumeration>0..1.5</RangeEnumeration><Units>l</Units><Description>1. In\n2. litres\
        </Description></Item></Resources><Description2></Description2></Object></LWM2M>";
    let reading = xml::read(source.as_bytes(), xml::Mode::Strict);
    let object = reading
        .objects
        .first()
        .unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
    let names = ObjectNames::new(object, Registry::embedded().words());
    assert_equal(object, &names);

    // What the derive would publish is what the file said.
    let plan = Plan::new(object, &names);
    let file: File = syn::parse2(emit::annotated(&plan)).unwrap();
    let item = file
        .items
        .into_iter()
        .find(|item| matches!(item, Item::Struct(_)));
    let input: DeriveInput = syn::parse2(quote!(#item)).unwrap();
    let published = object::parse(&input).unwrap().definition_file();
    let reading = xml::read(published.as_bytes(), xml::Mode::Strict);
    assert!(!reading.has_errors(), "{published}\n{:?}", reading.diagnostics);
    let published = &reading.objects[0];
    assert_eq!(published.description.trim(), "First.\n\n- `code` [x]");
    assert_eq!(published.resources[0].description, "Heats *all*\n of it.");
    assert_eq!(published.resources[1].description, "1. In\n2. litres");
}

#[test]
fn what_a_derived_object_publishes_passes_the_strict_check() {
    let registry = Registry::embedded();
    for object in registry.latest() {
        let plan = Plan::new(object, &ObjectNames::new(object, registry.words()));
        let file: File = syn::parse2(emit::annotated(&plan)).unwrap();
        let item = file
            .items
            .into_iter()
            .find(|item| matches!(item, Item::Struct(_)));
        let input: DeriveInput = syn::parse2(quote!(#item)).unwrap();
        let published = object::parse(&input).unwrap().definition_file();
        let reading = xml::read(published.as_bytes(), xml::Mode::Strict);
        assert!(!reading.has_errors(), "{published}\n{:?}", reading.diagnostics);
        let published = &reading.objects[0];
        assert_eq!((published.id, &published.name), (object.id, &object.name));
        assert_eq!((published.version, &published.urn), (object.version, &object.urn));
        assert_eq!(published.resources.len(), object.resources.len());
    }
}
