use std::fmt;

/// Defines [`Code`] and what is said about every code, in one table.
macro_rules! codes {
    ($($number:literal $variant:ident $title:literal $help:literal;)*) => {
        /// What a diagnostic is about. The numbers never change their meaning.
        ///
        /// L00xx: the file as a whole. L01xx: XML. L02xx: the schema. L03xx: the object. L04xx: its resources.
        #[doc = ""]
        #[doc = include_str!("../../docs/codes.md")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = $title]
                $variant = $number,
            )*
        }

        impl Code {
            /// Every code, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What is wrong, in a few words.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)*
                }
            }

            /// What to do about it.
            pub fn help(self) -> &'static str {
                match self {
                    $(Self::$variant => $help,)*
                }
            }
        }
    };
}

codes! {
    1 TooLarge "the file is too large" "split the file, or raise `Limits::file_bytes`";
    2 NotUtf8 "the file is not UTF-8" "save the file as UTF-8";
    3 Encoding "the file declares an encoding other than UTF-8" "save the file as UTF-8 and declare `encoding=\"UTF-8\"`";
    4 Character "a character that XML forbids" "delete it; control characters have no place in XML, not even as references";
    5 Doctype "a document type declaration" "delete the DOCTYPE: definition files need none, and entities in it are an attack vector";
    6 TooDeep "elements are nested too deeply" "an object definition is five elements deep; delete the surplus levels";
    7 TextTooLong "a text is too long" "shorten it, or raise `Limits::text_bytes`";
    8 TooManyResources "too many resources" "resource ids are 16-bit numbers: split the object, or raise `Limits::resources`";
    9 TooManyAttributes "too many attributes in one tag" "an Item has the attribute ID, an Object the attribute ObjectType; delete the others";
    10 Suppressed "further problems are not shown" "fix the ones above and check again";

    101 Unclosed "markup without its end" "close it";
    102 TagSyntax "a malformed tag" "write `<Name>`, `</Name>` or `<Name/>`, a name without blanks in front";
    103 AttributeSyntax "a malformed attribute" "write `name=\"value\"`, with a blank before the name, and `&lt;` for `<`";
    104 DuplicateAttribute "an attribute given twice" "keep one of the two";
    105 UnmatchedEnd "an end tag without its start tag" "delete it, or correct its name";
    106 MissingEnd "a start tag without its end tag" "add the end tag";
    107 UnknownEntity "an entity that XML does not define" "use `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;` or a number such as `&#176;`";
    108 CharacterReference "a reference to no character" "write the number of a Unicode character that XML allows, such as `&#176;` or `&#xB0;`";
    109 Ampersand "an ampersand that starts no reference" "write `&amp;`";
    110 CdataEnd "`]]>` outside a CDATA section" "write `]]&gt;`";
    111 Comment "`--` inside a comment" "remove one of the hyphens";
    112 Declaration "a malformed or misplaced XML declaration" "let the file start with `<?xml version=\"1.0\" encoding=\"UTF-8\"?>`";
    113 OutsideRoot "content outside the root element" "delete it, or move it into the root element";
    114 NoRoot "no root element" "an object definition file starts with `<LWM2M>`";
    115 UnboundPrefix "a namespace prefix that is not declared" "delete the prefix, or declare it with `xmlns:prefix=\"..\"`";
    116 Instruction "a malformed processing instruction" "write `<?target data?>`, and no target named xml";
    117 VoidNamespace "a namespace declaration without effect" "delete it";

    201 NotDefinition "not an object definition" "an object definition file holds `<LWM2M><Object ObjectType=\"MODefinition\">`";
    202 UnknownElement "an element that does not belong here" "delete it, or correct its name";
    203 MissingElement "a missing element" "add it";
    204 RepeatedElement "an element given twice" "keep one of the two";
    205 Order "an element out of order" "move it to its place";
    206 MissingAttribute "a missing attribute" "add it";
    207 UnknownAttribute "an attribute that does not belong here" "delete it";
    208 StrayText "text between elements" "delete it, or put it into a comment";
    209 StrayElement "an element inside a text" "write `&lt;` for `<`, or put the text into a CDATA section";
    210 UnknownValue "a value that is not in the list" "use one of the listed values, exactly as written there";
    211 NotANumber "not a number from 0 to 65535" "write digits only, without blanks or sign";
    212 NoResources "an object without resources" "add at least one Item";
    213 NoObject "a file without an object" "add an Object";
    214 Namespace "an element in a namespace" "delete the `xmlns` declaration: object definitions have no namespace";
    215 SchemaInstance "a schema-instance attribute with an effect" "delete it; only schemaLocation and noNamespaceSchemaLocation are harmless";

    301 UrnSyntax "a malformed URN" "write `urn:oma:lwm2m:{oma,ext,x}:ObjectID[:version]`";
    302 UrnId "the URN names another object id" "give the URN and ObjectID the same number";
    303 UrnClass "the class in the URN does not fit the object id" "0-1023 are oma, 2048-10240 are ext, 10241-42768 are x";
    304 UrnVersion "the version in the URN is not ObjectVersion" "end the URN with the version, unless it is 1.0";
    305 ObjectIdClass "an object id that nobody may use" "take an id from 0-1023, 2048-10240 or 10241-42768 that the registry assigned, or 42769-42800 for tests";
    306 ObjectIdReserved "object id 65535 is never valid" "take another id; 65535 means `no object` in Objlnk values";
    307 VersionSyntax "a malformed version" "write `major.minor`, such as 1.0";
    308 ObjectName "an object without a name" "give the object a name";
    309 Lwm2mVersion "an unknown version of LwM2M" "use 1.0, 1.1 or 1.2";
    310 ObjectType "an ObjectType other than MODefinition" "write `ObjectType=\"MODefinition\"`";
    311 DuplicateObject "the same version of an object twice" "keep one of the two";

    401 DuplicateId "two resources with the same id" "give the resource an id of its own; the reader keeps the first";
    402 DuplicateName "two resources with the same name" "give the resource a name that tells it from the other";
    403 TypeNeedsVersion "a data type that needs LwM2M 1.1" "write `<LWM2MVersion>1.1</LWM2MVersion>`";
    404 ExecutableType "an executable resource with a data type" "leave Type empty: execute carries arguments, not a value";
    405 ExecutableMultiple "an executable resource with several instances" "write `<MultipleInstances>Single</MultipleInstances>`";
    406 MissingType "a resource without a data type" "give it a Type; only executable resources have none";
    407 ExecutableRange "an executable resource with a range or a unit" "leave RangeEnumeration and Units empty: an executable resource has no value";
    408 ResourceIdClass "a resource id that is reserved" "take an id from 0-2047 for the object's own resources, 2048-26240 for registered reusable ones, 26241-32768 for private ones";
    409 ResourceIdReserved "resource id 65535 is never valid" "take another id";
    410 ResourceName "a resource without a name" "give the resource a name";
    411 Unit "a unit that is not registered for SenML" "take a unit from the SenML registry, and scale the value to it";
    412 RangeUnreadable "a range that cannot be read" "write `a..b`, or `a,b,c`; words belong in the description";
    413 RangeDescending "a range whose higher bound comes first" "write `low..high`";
    414 RangeForm "a range in an unusual form" "write `a..b`, or `a,b,c`";
    415 RangeType "a range on a data type that has none" "leave RangeEnumeration empty";
    416 NameBlanks "a name with surplus blanks" "remove blanks at the ends, double blanks and no-break spaces";
}

impl Code {
    /// The number behind the `L`.
    pub fn number(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{:04}", self.number())
    }
}
