//! Strict reading against xmllint on files that were valid until something happened to them.

use std::{collections::BTreeMap, fs, ops::Range, path::Path};

use lwm2m_codegen::xml::{Mode, read};

use super::{VALID, random::Random, xmllint};

const MUTANTS: usize = 6_000;

/// What happens to a file. `None` if it cannot happen to this one.
type Mutation = fn(&str, &mut Random) -> Option<String>;

const MUTATIONS: &[(&str, Mutation)] = &[
    ("drop an element", drop_element),
    ("double an element", double_element),
    ("swap two elements", swap_elements),
    ("move an element", move_element),
    ("rename an element", rename_element),
    ("rename one tag", rename_tag),
    ("change a value", change_value),
    ("blanks around a value", pad_value),
    ("another spelling of a value", respell_value),
    ("add an attribute", add_attribute),
    ("drop an attribute", drop_attribute),
    ("change an attribute", change_attribute),
    ("insert somewhere", insert_anywhere),
    ("insert between elements", insert_between),
    ("wrap an element", wrap_element),
    ("another prologue", change_prologue),
    ("something at the end", append),
    ("cut off", cut_off),
    ("lose a character", lose_character),
    ("exchange a character", exchange_character),
    ("a namespace", add_namespace),
    ("line ends", change_line_ends),
];

#[test]
fn xmllint_agrees_on_mutants_of_valid_files() {
    if !xmllint::is_here() {
        return;
    }
    let originals = originals();
    let mut kinds = Vec::new();
    let mut mutants = Vec::new();
    for seed in 0.. {
        if mutants.len() == MUTANTS {
            break;
        }
        let mut random = Random::new(seed);
        let (kind, mutation) = MUTATIONS[usize::try_from(seed).unwrap() % MUTATIONS.len()];
        let mut file = originals[random.below(originals.len())].clone();
        // Every other mutant is mutated more than once.
        for _ in 0..random.below(4) / 2 {
            let (_, first) = MUTATIONS[random.below(MUTATIONS.len())];
            file = first(&file, &mut random).unwrap_or(file);
        }
        if let Some(mutant) = mutation(&file, &mut random) {
            kinds.push(kind);
            mutants.push(mutant);
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let files = xmllint::write_all(directory.path(), &mutants);
    let accepted = xmllint::accepted(&xmllint::own_schema(), &files);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut disagreements = Vec::new();
    for ((path, mutant), kind) in files.iter().zip(&mutants).zip(kinds) {
        let theirs = accepted.contains(path);
        let reading = read(mutant.as_bytes(), Mode::Strict);
        if theirs == reading.has_errors() {
            disagreements.push(format!(
                "{kind}: xmllint accepts: {theirs}\n{mutant}\n{:#?}",
                reading.diagnostics
            ));
        }
        let count = counts.entry(kind).or_default();
        if theirs {
            count.0 += 1;
        } else {
            count.1 += 1;
        }
    }
    println!(
        "{} mutants: {} accepted, {} refused by xmllint; {} disagreements",
        files.len(),
        accepted.len(),
        files.len() - accepted.len(),
        disagreements.len()
    );
    for (kind, (accepted, refused)) in &counts {
        println!("{kind:30} {accepted:5} accepted {refused:5} refused");
    }
    assert!(disagreements.is_empty(), "{}", disagreements[0]);
    assert!(
        accepted.len() > MUTANTS / 10,
        "too few mutants are valid to prove anything"
    );
    assert!(
        files.len() - accepted.len() > MUTANTS / 10,
        "too few mutants are invalid to prove anything"
    );
}

#[test]
fn a_document_type_is_the_one_thing_that_only_we_refuse() {
    let mut random = Random::new(1);
    for original in originals().iter().take(50) {
        let subset = random.pick(&[
            "",
            " SYSTEM \"lwm2m.dtd\"",
            " [<!ENTITY a \"b\">]",
            " [<!ENTITY % a SYSTEM \"b\">]",
        ]);
        let start = original.find("<LWM2M").unwrap();
        let (prologue, root) = original.split_at(start);
        let file = format!("{prologue}<!DOCTYPE LWM2M{subset}>{root}");
        for mode in [Mode::Strict, Mode::Lenient] {
            assert!(read(file.as_bytes(), mode).has_errors(), "{file}");
        }
    }
}

/// Valid files: one with everything in it, and the small ones of the embedded registry.
fn originals() -> Vec<String> {
    const LARGEST: u64 = 6_000;
    let objects = Path::new(env!("CARGO_MANIFEST_DIR")).join("../registry-cache/objects");
    let mut paths: Vec<_> = fs::read_dir(&objects)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.metadata().unwrap().len() <= LARGEST)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    assert!(paths.len() > 100);
    let small = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    // The hand-written one has comments, CDATA sections and attributes, which the embedded ones have not.
    small.chain((0..100).map(|_| VALID.to_owned())).collect()
}

/// An element of a file, by its tags.
struct Element {
    start: usize,
    content: Range<usize>,
    end: usize,
}

/// The elements of a file that is still in order enough.
fn elements(file: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut offset = 0;
    while let Some(start) = file[offset..].find('<').map(|found| offset + found) {
        let rest = &file[start..];
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")]
            .into_iter()
            .find(|(opening, _)| rest.starts_with(opening));
        let closing = skipped.map_or(">", |(_, closing)| closing);
        let Some(end) = rest.find(closing).map(|found| start + found + closing.len()) else {
            break;
        };
        let tag = &file[start..end];
        if skipped.is_none() {
            if tag.starts_with("</") {
                if let Some((start, content)) = open.pop() {
                    elements.push(Element {
                        start,
                        content: content..end - tag.len(),
                        end,
                    });
                }
            } else if tag.ends_with("/>") {
                elements.push(Element {
                    start,
                    content: end..end,
                    end,
                });
            } else {
                open.push((start, end));
            }
        }
        offset = end;
    }
    elements
}

fn any(file: &str, random: &mut Random) -> Option<Element> {
    let mut elements = elements(file);
    (!elements.is_empty()).then(|| elements.swap_remove(random.below(elements.len())))
}

/// An element without elements inside.
fn leaf(file: &str, random: &mut Random) -> Option<Element> {
    let mut leaves = elements(file);
    leaves
        .retain(|element| !file[element.content.clone()].contains('<') && element.content.end < element.end);
    (!leaves.is_empty()).then(|| leaves.swap_remove(random.below(leaves.len())))
}

fn replaced(file: &str, range: Range<usize>, text: &str) -> String {
    format!("{}{text}{}", &file[..range.start], &file[range.end..])
}

fn inserted(file: &str, offset: usize, text: &str) -> String {
    replaced(file, offset..offset, text)
}

fn drop_element(file: &str, random: &mut Random) -> Option<String> {
    let element = any(file, random)?;
    Some(replaced(file, element.start..element.end, ""))
}

fn double_element(file: &str, random: &mut Random) -> Option<String> {
    let element = any(file, random)?;
    Some(inserted(file, element.end, &file[element.start..element.end]))
}

fn swap_elements(file: &str, random: &mut Random) -> Option<String> {
    let (one, other) = (any(file, random)?, any(file, random)?);
    let (first, second) = if one.end <= other.start {
        (one, other)
    } else {
        (other, one)
    };
    (first.end <= second.start).then(|| {
        let (a, b) = (&file[first.start..first.end], &file[second.start..second.end]);
        let between = &file[first.end..second.start];
        replaced(file, first.start..second.end, &format!("{b}{between}{a}"))
    })
}

fn move_element(file: &str, random: &mut Random) -> Option<String> {
    let element = any(file, random)?;
    let rest = replaced(file, element.start..element.end, "");
    let target = any(&rest, random)?;
    Some(inserted(&rest, target.end, &file[element.start..element.end]))
}

const NAMES: &[&str] = &[
    "LWM2M",
    "Object",
    "Name",
    "Description1",
    "ObjectID",
    "ObjectURN",
    "LWM2MVersion",
    "ObjectVersion",
    "Mandatory",
    "MultipleInstances",
    "Resources",
    "Item",
    "Operations",
    "Type",
    "RangeEnumeration",
    "Units",
    "Description",
    "Description2",
    "name",
    "Other",
    "xsi:Name",
    "a:b",
    "1a",
    "a.b-c",
    "\u{e9}",
    "",
];

fn name_of<'a>(file: &'a str, element: &Element) -> &'a str {
    let name = &file[element.start + 1..];
    &name[..name.find([' ', '>', '/', '\n', '\t']).unwrap_or(0)]
}

fn rename_element(file: &str, random: &mut Random) -> Option<String> {
    let element = any(file, random)?;
    let name = name_of(file, &element).len();
    let new = random.pick(NAMES);
    let file = if element.content.end < element.end {
        let close = element.content.end + 2;
        if close + name > file.len() {
            return None;
        }
        replaced(file, close..close + name, new)
    } else {
        file.to_owned()
    };
    Some(replaced(&file, element.start + 1..element.start + 1 + name, new))
}

fn rename_tag(file: &str, random: &mut Random) -> Option<String> {
    let element = any(file, random)?;
    let name = name_of(file, &element).len();
    Some(replaced(
        file,
        element.start + 1..element.start + 1 + name,
        random.pick(NAMES),
    ))
}

const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "65535",
    "65536",
    "+1",
    "-0",
    "007",
    "1 ",
    "R",
    "W",
    "RW",
    "E",
    "r",
    "Single",
    "Multiple",
    "single",
    "Mandatory",
    "Optional",
    "String",
    "Integer",
    "Unsigned Integer",
    "Corelnk",
    "CoreLnk",
    "Float",
    "1.0",
    "&amp;",
    "&#82;",
    "&lt;",
    "R&#x20;",
    "<!-- -->R",
    "<![CDATA[R]]>",
    "<![CDATA[Single]]>",
    "<?a?>1",
    "\u{e9}",
    "<b/>",
];

fn change_value(file: &str, random: &mut Random) -> Option<String> {
    let element = leaf(file, random)?;
    Some(replaced(file, element.content, random.pick(VALUES)))
}

fn pad_value(file: &str, random: &mut Random) -> Option<String> {
    const BLANKS: &[&str] = &[
        " ",
        "\t",
        "\n",
        "\r\n",
        "&#32;",
        "&#10;",
        "\u{A0}",
        "<!-- -->",
        "<?a?>",
        "<![CDATA[ ]]>",
    ];
    let element = leaf(file, random)?;
    let offset = if random.below(2) == 0 {
        element.content.start
    } else {
        element.content.end
    };
    Some(inserted(file, offset, random.pick(BLANKS)))
}

fn respell_value(file: &str, random: &mut Random) -> Option<String> {
    let element = leaf(file, random)?;
    let value = &file[element.content.clone()];
    let spelling = match random.below(5) {
        0 => format!("<![CDATA[{value}]]>"),
        1 => value.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
        2 => value.to_uppercase(),
        3 => value.to_lowercase(),
        _ => value.chars().rev().collect(),
    };
    Some(replaced(file, element.content, &spelling))
}

fn add_attribute(file: &str, random: &mut Random) -> Option<String> {
    const ATTRIBUTES: &[&str] = &[
        " ID=\"1\"",
        " ObjectType=\"a\"",
        " a=\"b\"",
        " xml:lang=\"en\"",
        " xml:space=\"default\"",
        " xmlns=\"\"",
        " xmlns=\"http://example.com\"",
        " xmlns:a=\"http://example.com\"",
        " xmlns:a=\"\"",
        " xmlns:xsi=\"b\"",
        " xsi:nil=\"true\"",
        " xsi:type=\"string\"",
        " xsi:schemaLocation=\"a b\"",
        " xsi:noNamespaceSchemaLocation=\"a\"",
        " xsi:other=\"a\"",
        " b:c=\"d\"",
        "a=\"b\"",
        " a=b",
        " a",
        " a=\"<\"",
        " \n\t",
        " xmlns:b='c' b:d='e'",
        " xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\" x:schemaLocation=\"\"",
    ];
    let element = any(file, random)?;
    let offset = element.start + 1 + name_of(file, &element).len();
    Some(inserted(file, offset, random.pick(ATTRIBUTES)))
}

fn attribute(file: &str, random: &mut Random) -> Option<(usize, usize)> {
    let starts: Vec<_> = file.match_indices("=\"").map(|(offset, _)| offset).collect();
    let offset = *starts.get(random.below(starts.len().max(1)))?;
    let end = file[offset + 2..].find('"')? + offset + 2;
    Some((offset, end))
}

fn drop_attribute(file: &str, random: &mut Random) -> Option<String> {
    let (equals, end) = attribute(file, random)?;
    let start = file[..equals].rfind(|c: char| c.is_whitespace())?;
    Some(replaced(file, start..end + 1, ""))
}

fn change_attribute(file: &str, random: &mut Random) -> Option<String> {
    const VALUES: &[&str] = &[
        "", "0", "65535", "65536", " 1", "1 ", "+1", "-1", "001", "&#49;", "&amp;", "&foo;", "1\n", "<", ">",
        "a", "'", "&", "\u{e9}", "1.0",
    ];
    let (equals, end) = attribute(file, random)?;
    Some(replaced(file, equals + 2..end, random.pick(VALUES)))
}

const PIECES: &[&str] = &[
    "x",
    " ",
    "\n",
    "\t",
    "\r",
    "&amp;",
    "&#32;",
    "&#9;",
    "&#x41;",
    "&foo;",
    "&",
    "&#0;",
    "&#xFFFF;",
    "]]>",
    "<",
    ">",
    "\"",
    "<![CDATA[",
    "<![CDATA[]]>",
    "<![CDATA[ x ]]>",
    "<!-- c -->",
    "<!-- a--b -->",
    "<!--",
    "-->",
    "<?a b?>",
    "<?xml?>",
    "<?",
    "<Name/>",
    "<Other/>",
    "<Item ID=\"5\"/>",
    "</Name>",
    "<b>x</b>",
    "\u{A0}",
    "\u{FEFF}",
    "\u{1}",
    "\u{FFFE}",
    "\u{e9}",
    "\u{10000}",
    "<!x>",
    "<>",
    "</>",
];

fn offset_in(file: &str, random: &mut Random) -> usize {
    let mut offset = random.below(file.len() + 1);
    while !file.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn insert_anywhere(file: &str, random: &mut Random) -> Option<String> {
    let offset = offset_in(file, random);
    Some(inserted(file, offset, random.pick(PIECES)))
}

fn insert_between(file: &str, random: &mut Random) -> Option<String> {
    let element = any(file, random)?;
    Some(inserted(file, element.end, random.pick(PIECES)))
}

fn wrap_element(file: &str, random: &mut Random) -> Option<String> {
    const WRAPPERS: &[(&str, &str)] = &[
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("<?a ", "?>"),
        ("<b>", "</b>"),
        ("<Object ObjectType=\"\">", "</Object>"),
        ("<Item ID=\"9\">", "</Item>"),
    ];
    let element = any(file, random)?;
    let (before, after) = WRAPPERS[random.below(WRAPPERS.len())];
    let inner = &file[element.start..element.end];
    Some(replaced(
        file,
        element.start..element.end,
        &format!("{before}{inner}{after}"),
    ))
}

fn change_prologue(file: &str, random: &mut Random) -> Option<String> {
    const PROLOGUES: &[&str] = &[
        "",
        "\u{FEFF}",
        "<?xml version=\"1.0\"?>",
        "<?xml version='1.0' encoding='utf-8'?>\n",
        " <?xml version=\"1.0\"?>",
        "<?xml version=\"1.1\"?>",
        "<?xml version=\"2.0\"?>",
        "<?xml?>",
        "<?xml encoding=\"UTF-8\"?>",
        "<!-- c -->",
        "<?a?>",
        "<?xml version=\"1.0\" standalone=\"yes\"?>",
        "<?xml version=\"1.0\" standalone=\"\"?>",
        "x",
        "<a/>",
        "\n\n",
        "]]>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?><?xml version=\"1.0\"?>",
        "<?XML?>",
        "&amp;",
    ];
    let root = file.find("<LWM2M")?;
    Some(replaced(file, 0..root, random.pick(PROLOGUES)))
}

fn append(file: &str, random: &mut Random) -> Option<String> {
    Some(format!("{file}{}", random.pick(PIECES)))
}

fn cut_off(file: &str, random: &mut Random) -> Option<String> {
    let offset = offset_in(file, random);
    Some(file[..offset].to_owned())
}

fn lose_character(file: &str, random: &mut Random) -> Option<String> {
    let offset = offset_in(file, random);
    let lost = file[offset..].chars().next()?;
    Some(replaced(file, offset..offset + lost.len_utf8(), ""))
}

fn exchange_character(file: &str, random: &mut Random) -> Option<String> {
    const CHARACTERS: &[&str] = &[
        "<", ">", "/", "\"", "'", "=", "&", ";", "-", "!", "?", " ", "a", "1", ":", "[", "]", "\n",
    ];
    let offset = offset_in(file, random);
    let lost = file[offset..].chars().next()?;
    Some(replaced(
        file,
        offset..offset + lost.len_utf8(),
        random.pick(CHARACTERS),
    ))
}

fn add_namespace(file: &str, random: &mut Random) -> Option<String> {
    const URIS: &[&str] = &[
        "",
        "http://example.com",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/2001/XMLSchema",
        "http://www.w3.org/XML/1998/namespace",
        "http://www.w3.org/2000/xmlns/",
        " ",
    ];
    let root = file.find("<LWM2M")? + "<LWM2M".len();
    let prefix = random.pick(&["", ":a", ":xml", ":xmlns", ":a:b", ":1"]);
    // The same attribute twice is not XML. libxml2 overlooks it where the first has no effect.
    if file.contains(&format!("xmlns{prefix}=")) {
        return None;
    }
    let file = inserted(file, root, &format!(" xmlns{prefix}=\"{}\"", random.pick(URIS)));
    if random.below(2) == 0 {
        return Some(file);
    }
    let element = any(&file, random)?;
    let uses = random.pick(&[
        " a:schemaLocation=\"\"",
        " a:type=\"a:string\"",
        " a:b=\"c\"",
        " xsi:type=\"a:string\"",
        "",
    ]);
    let offset = element.start + 1 + name_of(&file, &element).len();
    Some(inserted(&file, offset, uses))
}

fn change_line_ends(file: &str, random: &mut Random) -> Option<String> {
    Some(file.replace('\n', random.pick(&["\r\n", "\r", "\n\n", " ", "\n<!-- -->\n"])))
}
