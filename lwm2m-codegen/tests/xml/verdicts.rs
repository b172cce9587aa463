//! What strict reading accepts, case by case, and that xmllint says the same.

use lwm2m_codegen::xml::{Mode, read};

use super::{VALID, changed, xmllint};

/// A place of the valid file, what is put there, and whether the schema accepts the result.
type Case = (&'static str, &'static str, bool);

const NUMBERS: &[Case] = &[
    ("26250<", "0<", true),
    ("26250<", "65535<", true),
    ("26250<", "65536<", false),
    ("26250<", "000000000000000000000000000000026250<", true),
    ("26250<", "99999999999999999999999999<", false),
    ("26250<", "+5<", false),
    ("26250<", "-0<", false),
    ("26250<", "+0<", false),
    ("26250<", "-1<", false),
    ("26250<", " 5<", false),
    ("26250<", "5 <", false),
    ("26250<", "\n5\n<", false),
    ("26250<", "\u{A0}5<", false),
    ("26250<", "<", false),
    ("26250<", "5.0<", false),
    ("26250<", "0x5<", false),
    ("26250<", "5e1<", false),
    ("26250<", "5 5<", false),
    ("26250<", "\u{665}<", false),
    ("26250<", "2<!-- -->5<", true),
    ("26250<", "2<?pi?>5<", true),
    ("26250<", "<![CDATA[25]]><", true),
    ("26250<", "<![CDATA[ 25 ]]><", false),
    ("26250<", "&#50;&#x35;<", true),
    ("ID=\"0\"", "ID=\"65535\"", true),
    ("ID=\"0\"", "ID='0'", true),
    ("ID=\"0\"", "ID = \"0\" ", true),
    ("ID=\"0\"", "ID=\"&#48;\"", true),
    ("ID=\"0\"", "ID=\" 0\"", false),
    ("ID=\"0\"", "ID=\"0\n\"", false),
    ("ID=\"0\"", "ID=\"&#10;0\"", false),
    ("ID=\"0\"", "ID=\"+0\"", false),
    ("ID=\"0\"", "ID=\"\"", false),
    ("ID=\"0\"", "ID=\"65536\"", false),
    ("ID=\"0\"", "ID=\"1\"", true),
];

const VALUES: &[Case] = &[
    ("<Operations>R<", "<Operations>RW<", true),
    ("<Operations>R<", "<Operations>R<!-- -->W<", true),
    ("<Operations>R<", "<Operations>&#x52;<", true),
    ("<Operations>R<", "<Operations><![CDATA[R]]><", true),
    ("<Operations>R<", "<Operations><![CDATA[]]>R<", true),
    ("<Operations>R<", "<Operations> R<", false),
    ("<Operations>R<", "<Operations>R\n<", false),
    ("<Operations>R<", "<Operations>R&#13;<", false),
    ("<Operations>R<", "<Operations>r<", false),
    ("<Operations>R<", "<Operations>WR<", false),
    ("<Operations>R<", "<Operations><", true),
    ("<Operations>R<", "<Operations> <", false),
    ("<Operations>E<", "<Operations>RE<", false),
    (">Float<", ">Unsigned Integer<", true),
    (">Float<", ">Unsigned  Integer<", false),
    (">Float<", ">UnsignedInteger<", false),
    (">Float<", ">Corelnk<", true),
    (">Float<", ">CoreLnk<", false),
    (">Float<", ">float<", false),
    (">Float<", "><", true),
    (">Float<", ">Integer <", false),
    (">Multiple<", ">Single<", true),
    (">Multiple<", "><", false),
    (">Multiple<", ">Mandatory<", false),
    (">Optional<", ">Mandatory<", true),
    (">Optional<", "> Optional<", false),
    (">Boiler<", "><", true),
    (">Boiler<", "> \n <", true),
    (">urn:oma:lwm2m:x:26250:1.1<", "><", true),
    (">urn:oma:lwm2m:x:26250:1.1<", ">nonsense<", true),
    (">0..100<", ">words<", true),
    ("<LWM2MVersion>1.1<", "<LWM2MVersion><", true),
    ("<LWM2MVersion>1.1<", "<LWM2MVersion>x<", true),
];

const ELEMENTS: &[Case] = &[
    ("\t\t<LWM2MVersion>1.1</LWM2MVersion>\n", "", true),
    ("\t\t<ObjectVersion>1.1</ObjectVersion>\n", "", true),
    ("\t\t<Name>Boiler</Name>\n", "", false),
    ("\t\t<ObjectID>26250</ObjectID>\n", "", false),
    ("\t\t<Description2></Description2>\n", "", false),
    ("<Description2></Description2>", "<Description2/>", true),
    ("<Description2></Description2>", "<Description2 />", true),
    (
        "<Description2></Description2>",
        "<Description2></Description2 >",
        true,
    ),
    ("<Description2></Description2>", "<Description2/ >", false),
    ("<Description2></Description2>", "< Description2/>", false),
    (
        "<Description2></Description2>",
        "<Description2></ Description2>",
        false,
    ),
    (
        "<Description2></Description2>",
        "<Description2></Description2 a=\"b\">",
        false,
    ),
    (
        "<Description2></Description2>",
        "<Description2></Description>",
        false,
    ),
    (
        "<Description2></Description2>",
        "<Description2></Description2></Description2>",
        false,
    ),
    (
        "<Description2></Description2>",
        "<Description2></Description2><Description2/>",
        false,
    ),
    (
        "<Description2></Description2>",
        "<Description2><b/></Description2>",
        false,
    ),
    (
        "<Description2></Description2>",
        "<Description2></Description2><Extra/>",
        false,
    ),
    ("<Description2></Description2>", "<Description2/><>", false),
    ("<Description2></Description2>", "<Description2/></>", false),
    ("<Description2></Description2>", "<description2/>", false),
    ("\t\t\t\t<RangeEnumeration/>\n", "", false),
    ("\t\t\t\t<Units>Cel</Units>\n", "", false),
    (
        "<Name>Boiler</Name>",
        "<Name>Boiler</Name><ObjectID>1</ObjectID>",
        false,
    ),
    ("<ObjectVersion>1.1</ObjectVersion>", "<LWM2MVersion/>", false),
    ("</Object>", "</Object><Object/>", false),
    ("</LWM2M>", "</LWM2M><LWM2M/>", false),
    ("</LWM2M>", "", false),
    ("</Resources>", "", false),
];

const TEXTS: &[Case] = &[
    ("<Resources>", "<Resources>x", false),
    ("<Resources>", "<Resources> \r\n\t", true),
    ("<Resources>", "<Resources>&#32;", true),
    ("<Resources>", "<Resources>&amp;", false),
    ("<Resources>", "<Resources>\u{A0}", false),
    ("<Resources>", "<Resources><![CDATA[]]>", false),
    ("<Resources>", "<Resources><![CDATA[ ]]>", false),
    ("<Resources>", "<Resources><!-- x --><?y z?>", true),
    ("Boiler", "a > b", true),
    ("Boiler", "a < b", false),
    ("Boiler", "a & b", false),
    ("Boiler", "a &amp b", false),
    ("Boiler", "& amp;", false),
    ("Boiler", "&amp;&lt;&gt;&apos;&quot;", true),
    ("Boiler", "&nbsp;", false),
    ("Boiler", "&#13;", true),
    ("Boiler", "&#0;", false),
    ("Boiler", "&#1;", false),
    ("Boiler", "&#xD800;", false),
    ("Boiler", "&#xFFFE;", false),
    ("Boiler", "&#x110000;", false),
    ("Boiler", "&#4294967361;", false),
    ("Boiler", "&#;", false),
    ("Boiler", "&#x;", false),
    ("Boiler", "&#X41;", false),
    ("Boiler", "&#+65;", false),
    ("Boiler", "&#00000000000000000000065;", true),
    ("Boiler", "a ]]> b", false),
    ("Boiler", "a ]]&gt; b", true),
    ("Boiler", "<![CDATA[ <![CDATA[ ]]>", true),
    ("Boiler", "<![cdata[x]]>", false),
    ("Boiler", "<![CDATA[x", false),
    ("Boiler", "<!-- ", false),
    ("Boiler", "\u{1}", false),
    ("Boiler", "\u{FFFE}", false),
    ("Boiler", "\u{FFFF}", false),
    ("Boiler", "\u{7F}\u{85}\u{2028}\u{FEFF}\u{FFFD}\u{10FFFF}", true),
];

const ATTRIBUTES: &[Case] = &[
    ("ObjectType=\"MODefinition\"", "ObjectType=\"\"", true),
    ("ObjectType=\"MODefinition\"", "ObjectType='a'", true),
    ("ObjectType=\"MODefinition\"", "ObjectType = 'a' ", true),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"a\r\n\tb\"", true),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"&#60;&lt;]]>\"", true),
    ("ObjectType=\"MODefinition\"", "ObjectType=\">\"", true),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"<\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"&\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"& &amp;\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"&foo;\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"&#2;\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"\u{2}\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=MODefinition", false),
    ("ObjectType=\"MODefinition\"", "ObjectType", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"a\"ID=\"1\"", false),
    (
        "ObjectType=\"MODefinition\"",
        "ObjectType=\"a\" ObjectType=\"a\"",
        false,
    ),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"a\" ID=\"1\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"a\" 1a=\"b\"", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"a\" :a=\"b\"", false),
    ("ObjectType=\"MODefinition\"", "objecttype=\"a\"", false),
    ("ObjectType=\"MODefinition\"", "", false),
    ("ObjectType=\"MODefinition\"", "ObjectType=\"a\"/ ", false),
    (
        "ObjectType=\"MODefinition\"",
        "ObjectType=\"a\" xml:lang=\"en\"",
        false,
    ),
    (
        "ObjectType=\"MODefinition\"",
        "ObjectType=\"a\" xml:space=\"preserve\"",
        false,
    ),
    ("ObjectType=\"MODefinition\"", "xsi:ObjectType=\"a\"", false),
    (" ID=\"1\"", "", false),
    (" ID=\"1\"", " id=\"1\"", false),
    ("<Name>Reset", "<Name a=\"\">Reset", false),
    ("<Name>Reset", "<Name xml:id=\"a\">Reset", false),
];

const NAMESPACES: &[Case] = &[
    ("<LWM2M ", "<LWM2M xmlns=\"http://example.com\" ", false),
    ("<LWM2M ", "<LWM2M xmlns=\"\" ", true),
    ("<LWM2M ", "<LWM2M xmlns:a=\"http://example.com\" ", true),
    ("<LWM2M ", "<LWM2M xmlns:a=\"relative\" ", true),
    ("<LWM2M ", "<LWM2M xmlns:a=\"\" ", true),
    ("<LWM2M ", "<LWM2M xmlns:=\"http://example.com\" ", false),
    ("<LWM2M ", "<LWM2M xmlns:xml=\"http://example.com\" ", true),
    (
        "<LWM2M ",
        "<LWM2M xmlns:xml=\"http://www.w3.org/XML/1998/namespace\" ",
        true,
    ),
    ("<LWM2M ", "<LWM2M xmlns:xmlns=\"http://example.com\" ", true),
    (
        "<LWM2M ",
        "<LWM2M xmlns:a=\"http://www.w3.org/2000/xmlns/\" ",
        true,
    ),
    (
        "<LWM2M ",
        "<LWM2M xmlns=\"http://www.w3.org/XML/1998/namespace\" ",
        true,
    ),
    ("<LWM2M ", "<LWM2M xmlns:a=\"b\" xmlns:a=\"b\" ", false),
    ("<Name>Reset", "<Name xmlns=\"http://example.com\">Reset", false),
    ("<Name>Reset", "<Name xmlns:a=\"http://example.com\">Reset", true),
    (
        "<Name>Reset</Name>",
        "<a:Name xmlns:a=\"http://example.com\">Reset</a:Name>",
        false,
    ),
    ("<Name>Reset</Name>", "<a:Name>Reset</a:Name>", false),
    ("<Name>Reset</Name>", "<xsi:Name>Reset</xsi:Name>", false),
    (
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
        "",
        false,
    ),
    (
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
        "xmlns:xsi=\"http://example.com\"",
        false,
    ),
    (
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
        "xmlns:xsi=\"\"",
        false,
    ),
    (
        "xsi:noNamespaceSchemaLocation=\"http://example.com/lwm2m.xsd\"",
        "",
        true,
    ),
    (
        "xsi:noNamespaceSchemaLocation=\"http://example.com/lwm2m.xsd\"",
        "xsi:schemaLocation=\"a b\"",
        true,
    ),
    (
        "xsi:noNamespaceSchemaLocation=\"http://example.com/lwm2m.xsd\"",
        "xsi:schemaLocation=\"a\"",
        true,
    ),
    (
        "xsi:noNamespaceSchemaLocation=\"http://example.com/lwm2m.xsd\"",
        "xsi:noNamespaceSchemaLocation=\"\"",
        true,
    ),
    (
        "xsi:noNamespaceSchemaLocation=\"http://example.com/lwm2m.xsd\"",
        "xsi:other=\"\"",
        false,
    ),
    (
        "xsi:noNamespaceSchemaLocation=\"http://example.com/lwm2m.xsd\"",
        "xsi:nil=\"false\"",
        false,
    ),
    ("<Name>Reset", "<Name xsi:nil=\"true\">", false),
    ("<Name>Reset", "<Name xsi:nil=\"false\">Reset", false),
    ("<Name>Reset", "<Name xsi:schemaLocation=\"a b\">Reset", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:string\">Reset", false),
    ("<Name>Reset", "<Name xsi:type=\"string\">Reset", false),
    ("<Name>Reset", "<Name xsi:type=\"\">Reset", false),
];

/// With the prefix xs declared.
const TYPES: &[Case] = &[
    ("<Name>Reset", "<Name xsi:type=\"xs:string\">Reset", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:token\">  Re  set ", true),
    (
        "<Name>Reset",
        "<Name xsi:type=\"xs:normalizedString\">Re\nset",
        true,
    ),
    ("<Name>Reset", "<Name xsi:type=\"xs:NMTOKEN\"> Reset ", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:NMTOKEN\">Re set", false),
    ("<Name>Reset", "<Name xsi:type=\"xs:NMTOKEN\">", false),
    ("<Name>Reset", "<Name xsi:type=\"xs:Name\">Re:set", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:NCName\">Re:set", false),
    ("<Name>Reset", "<Name xsi:type=\"xs:NCName\">Reset", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:ID\">Reset", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:IDREF\">Reset", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:ENTITY\">Reset", false),
    ("<Name>Reset", "<Name xsi:type=\"xs:language\">en-GB", true),
    ("<Name>Reset", "<Name xsi:type=\"xs:language\">en_GB", false),
    ("<Name>Reset", "<Name xsi:type=\"xs:anySimpleType\">Reset", false),
    ("<Name>Reset", "<Name xsi:type=\"xs:int\">5", false),
    ("<Name>Reset", "<Name xsi:type=\" xs:token \">Reset", false),
    (
        "<ObjectID>26250",
        "<ObjectID xsi:type=\"xs:unsignedShort\">26250",
        true,
    ),
    (
        "<ObjectID>26250",
        "<ObjectID xsi:type=\"xs:unsignedByte\">255",
        true,
    ),
    (
        "<ObjectID>26250",
        "<ObjectID xsi:type=\"xs:unsignedByte\">256",
        false,
    ),
    (
        "<ObjectID>26250",
        "<ObjectID xsi:type=\"xs:unsignedInt\">26250",
        false,
    ),
    ("<Type>Float", "<Type xsi:type=\"xs:string\">Float", false),
    ("<Resources>", "<Resources xsi:type=\"xs:anyType\">", false),
];

const PROLOGUES: &[Case] = &[
    (DECLARATION, "", true),
    (
        DECLARATION,
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        true,
    ),
    (DECLARATION, "\u{FEFF}\u{FEFF}", false),
    (DECLARATION, "\n ", true),
    (DECLARATION, " <?xml version=\"1.0\"?>", false),
    (DECLARATION, "<!-- --><?xml version=\"1.0\"?>", false),
    (DECLARATION, "<?xml version='1.0' encoding='utf-8' ?>", true),
    (DECLARATION, "<?xml\nversion = \"1.0\"\n?>", true),
    (DECLARATION, "<?xml version=\"1.1\"?>", true),
    (DECLARATION, "<?xml version=\"1.\"?>", true),
    (DECLARATION, "<?xml version=\"1.0.1\"?>", false),
    (DECLARATION, "<?xml version=\"2.0\"?>", false),
    (DECLARATION, "<?xml version=\"\"?>", false),
    (DECLARATION, "<?xml encoding=\"UTF-8\"?>", false),
    (DECLARATION, "<?xml?>", false),
    (DECLARATION, "<?xml ?>", false),
    (DECLARATION, "<?xml VERSION=\"1.0\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\"encoding=\"UTF-8\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\"UTF-8'?>", false),
    (DECLARATION, "<?xml version=\"1.0\" standalone=\"yes\"?>", true),
    (DECLARATION, "<?xml version=\"1.0\" standalone=\"maybe\"?>", false),
    (
        DECLARATION,
        "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>",
        false,
    ),
    (DECLARATION, "<?xml version=\"1.0\" other=\"x\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\"UTF8\"?>", true),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>", true),
    (
        DECLARATION,
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        true,
    ),
    (
        DECLARATION,
        "<?xml version=\"1.0\" encoding=\"windows-1252\"?>",
        true,
    ),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\"no-such\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\"\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\" encoding=\" UTF-8\"?>", false),
    (DECLARATION, "<?xml version=\"1.0\">", false),
    (DECLARATION, "<?xmlx version=\"1.0\"?>", true),
    (DECLARATION, "x", false),
    (DECLARATION, "&#32;", false),
    ("A licence.", "a- -a", true),
    ("A licence.", "a -- b", false),
    ("<!-- A licence. -->", "<!-- a --->", false),
    ("<!-- A licence. -->", "<!---->", true),
    ("<!-- A licence. -->", "<!--->", false),
    ("<!-- A licence. -->", "<!-->", false),
    ("<!-- A licence. -->", "<?a b?><?c?><?xml-stylesheet d?>", true),
    ("<!-- A licence. -->", "<?a:b c?>", true),
    ("<!-- A licence. -->", "<??>", false),
    ("<!-- A licence. -->", "<?a?b?>", false),
    ("<!-- A licence. -->", "<?1 a?>", false),
    ("<!-- A licence. -->", "<?xml version=\"1.0\"?>", false),
    ("<!-- A licence. -->", "<?XML a?>", false),
    ("<!-- A licence. -->", "<!ELEMENT a ANY>", false),
    ("</LWM2M>\n", "</LWM2M>\n<!-- a --><?b c?>\n", true),
    ("</LWM2M>\n", "</LWM2M>x", false),
    ("</LWM2M>\n", "</LWM2M>&#32;", false),
    ("</LWM2M>\n", "</LWM2M><![CDATA[]]>", false),
    ("</LWM2M>\n", "</LWM2M><?a b", false),
    ("</LWM2M>\n", "</LWM2M", false),
];

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

fn cases() -> Vec<(String, bool)> {
    let tables = [
        NUMBERS, VALUES, ELEMENTS, TEXTS, ATTRIBUTES, NAMESPACES, PROLOGUES,
    ];
    let plain = tables
        .into_iter()
        .flatten()
        .map(|(from, to, verdict)| (changed(from, to), *verdict));
    let typed = TYPES.iter().map(|(from, to, verdict)| {
        let declared = "<LWM2M xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" ";
        (changed(from, to).replacen("<LWM2M ", declared, 1), *verdict)
    });
    let second = &VALID[VALID.find("<Object ").unwrap()..];
    let whole = [
        (VALID.to_owned(), true),
        (VALID.replace('\n', "\r\n"), true),
        (VALID.replace('\n', "\r"), true),
        (changed("</LWM2M>", second), true),
        (String::new(), false),
        ("\n".to_owned(), false),
        ("<!-- nothing -->".to_owned(), false),
        ("<LWM2M/>".to_owned(), false),
    ];
    plain.chain(typed).chain(whole).collect()
}

#[test]
fn strict_reading_accepts_what_the_schema_accepts() {
    for (file, verdict) in cases() {
        let reading = read(file.as_bytes(), Mode::Strict);
        assert_eq!(
            !reading.has_errors(),
            verdict,
            "{file}\n{:#?}",
            reading.diagnostics
        );
    }
}

#[test]
fn xmllint_agrees_with_every_verdict() {
    if !xmllint::is_here() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (texts, verdicts): (Vec<_>, Vec<_>) = cases().into_iter().unzip();
    let files = xmllint::write_all(directory.path(), &texts);
    let accepted = xmllint::accepted(&xmllint::own_schema(), &files);
    for ((file, text), verdict) in files.iter().zip(texts).zip(verdicts) {
        assert_eq!(accepted.contains(file), verdict, "{text}");
    }
    println!("{} of {} cases accepted by both", accepted.len(), files.len());
}
