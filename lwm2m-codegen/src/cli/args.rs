//! What the command understands, and what its help says.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{ArgGroup, Args, ColorChoice, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

const STYLES: Styles = Styles::styled()
    .header(Style::new().bold().underline())
    .usage(Style::new().bold().underline())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  lwm2m-codegen list temp                          find an object
  lwm2m-codegen show temperature                   see what it has
  lwm2m-codegen generate 3 3303@1.1 my.xml -o src/objects
  lwm2m-codegen check my.xml                       check a definition of your own

OBJECT is an id (3303), a name (temperature, \"LWM2M Server\") or, in most places, a definition file
(my.xml); `@1.1` behind an id or a name picks a version, otherwise the newest counts.

Exit status:
  0  done
  1  done, and the answer is no: check found errors, diff found breaking changes (with
     --deny-breaking), fetch refused a file or misses one
  2  not done: wrong usage, an unknown object, an unreadable file, no network";

/// Compiles OMA LwM2M object definitions to typed Rust.
///
/// The whole OMNA registry is built in. `list` and `show` look into it, `generate` turns objects into Rust for the crate
/// lwm2m-runtime, `check` and `new` help to write definitions, `diff` compares versions, and `fetch` brings a newer registry.
#[derive(Debug, Parser)]
#[command(name = "lwm2m-codegen", version, styles = STYLES, max_term_width = 100, after_help = EXAMPLES)]
#[command(
    arg_required_else_help = true,
    subcommand_required = true,
    disable_help_subcommand = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,

    /// When to colour the output. NO_COLOR and CLICOLOR_FORCE are respected.
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto, hide_default_value = true)]
    #[arg(help_heading = "Global options")]
    pub(super) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    List(List),
    Show(Show),
    Check(Check),
    Generate(Generate),
    Diff(Diff),
    New(New),
    #[cfg(feature = "fetch")]
    Fetch(Fetch),
    Completions(Completions),
}

/// Where objects come from.
#[derive(Args, Debug)]
pub(super) struct Source {
    /// Take objects from the definition files of this directory instead of the built-in registry.
    ///
    /// The directory is laid out like upstream's repository (a clone, or what `fetch` wrote), or flat.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) registry: Option<PathBuf>,
}

/// List the objects of the registry.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen list                    every object
  lwm2m-codegen list meter              those with \"meter\" in their names
  lwm2m-codegen list --format json | jq -r .name")]
pub(super) struct List {
    /// Only objects whose name contains this, or whose id this is.
    pub(super) text: Option<String>,

    /// Every version of an object, not only the newest.
    #[arg(long)]
    pub(super) all_versions: bool,

    /// As a table, or as one JSON object a line.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub(super) format: ListFormat,

    #[command(flatten)]
    pub(super) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// An aligned table.
    Text,
    /// One JSON object a line.
    Json,
}

/// Show what an object has: resources, types, operations, ranges, units and named values.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen show 3303
  lwm2m-codegen show device@1.1 --format json
  lwm2m-codegen show 3 --format xml > device.xml
  lwm2m-codegen show --all-versions --format json      the whole registry, one object a line")]
pub(super) struct Show {
    /// Ids, names or definition files; every object of the registry with --all-versions.
    #[arg(value_name = "OBJECT[@VERSION]", required_unless_present = "all_versions")]
    pub(super) objects: Vec<String>,

    /// Every version, of the objects named or else of all.
    #[arg(long)]
    pub(super) all_versions: bool,

    /// As a table, as one JSON object a line, or as a definition file.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
    pub(super) format: ShowFormat,

    #[command(flatten)]
    pub(super) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// A definition file.
    Xml,
}

/// Check definition files: against the schema, and for what authors get wrong.
///
/// Reports every problem of every file with its place. Without --strict, deviations from the schema whose meaning is clear
/// are reported as repaired and are no errors, because files of the registry have them.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen check my.xml
  lwm2m-codegen check objects/ --strict --deny-lints
  lwm2m-codegen check my.xml --format json | jq -r .message

Exit status:
  0  no errors (and with --deny-lints, no warnings)
  1  errors
  2  a path cannot be read, or wrong usage

`check --strict FILE` exits with 0 exactly when the schema LWM2M-v1_1.xsd accepts the file.")]
pub(super) struct Check {
    /// Definition files, and directories whose *.xml are checked, with those of their subdirectories.
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,

    /// Accept exactly what the schema accepts: repair nothing.
    #[arg(long)]
    pub(super) strict: bool,

    /// Treat warnings as errors.
    #[arg(long)]
    pub(super) deny_lints: bool,

    /// For people, or one JSON object a problem and line.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(super) format: CheckFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// The source lines with the problems underlined.
    Human,
    /// One JSON object a problem and line.
    Json,
}

/// Generate Rust from objects.
///
/// DIR receives mod.rs and one file an object version; it drops into any crate that depends on lwm2m-runtime, as
/// `mod objects;`. Generated files of an earlier run that are no longer asked for are removed; files that were not
/// generated are never touched. Two runs give the same bytes.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["objects", "all", "all_versions"]))]
#[command(after_help = "\
Examples:
  lwm2m-codegen generate 3 3303 --out src/objects
  lwm2m-codegen generate device@1.1 temperature my.xml --out src/objects
  lwm2m-codegen generate --all --tables --out src/catalogue
  lwm2m-codegen generate my.xml --derive --out src/mine       structs to own and edit")]
pub(super) struct Generate {
    /// Ids, names or definition files.
    #[arg(value_name = "OBJECT[@VERSION]|FILE.xml", value_hint = ValueHint::FilePath)]
    pub(super) objects: Vec<String>,

    /// The newest version of every object of the registry.
    #[arg(long, conflicts_with = "all_versions")]
    pub(super) all: bool,

    /// Every version of every object of the registry.
    #[arg(long)]
    pub(super) all_versions: bool,

    /// The directory that receives the code.
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) out: PathBuf,

    /// Structs with #[derive(Lwm2mObject)], to be owned and edited: a later run does not overwrite them.
    #[arg(long, conflicts_with = "tables")]
    pub(super) derive: bool,

    /// Definitions only, without types: for servers that meet objects they were not written for.
    #[arg(long)]
    pub(super) tables: bool,

    #[command(flatten)]
    pub(super) source: Source,
}

/// Say what changed between two versions of an object, and whom it breaks.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen diff 3@1.1 3@1.2
  lwm2m-codegen diff my-object.xml my-object-new.xml --deny-breaking")]
pub(super) struct Diff {
    /// The older definition: id or name with a version, or a file.
    #[arg(value_name = "OBJECT@A")]
    pub(super) from: String,

    /// The newer definition; `@1.2` alone means the same object.
    #[arg(value_name = "OBJECT@B")]
    pub(super) to: String,

    /// Exit with 1 if a change breaks a client or a server.
    #[arg(long)]
    pub(super) deny_breaking: bool,

    /// A line a change, or one JSON object.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,

    #[command(flatten)]
    pub(super) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// A line a change.
    Text,
    /// One JSON object.
    Json,
}

/// Begin a definition of your own: a valid file to edit.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen new --id 42769 --name \"Hive Scale\" > hive-scale.xml
  lwm2m-codegen new --id 42769 --name \"Hive Scale\" --out hive-scale.xml

Ids: 0-1023 are OMA's, 2048-10240 those of other standards bodies, 10241-42768 those of vendors; the
registry assigns them. 42769-42800 are free for tests.")]
pub(super) struct New {
    /// The object's identifier.
    #[arg(long, value_name = "N")]
    pub(super) id: u16,

    /// The object's name.
    #[arg(long)]
    pub(super) name: String,

    /// The file to write, which must not exist; standard output otherwise.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) out: Option<PathBuf>,
}

/// Fetch the registry, or some of its objects, from upstream.
///
/// Reads the index DDF.xml, downloads the object files, checks each against the schema and the lock, and only then writes
/// what is new or different: whatever fails before leaves the directory as it was. The directory then serves as --registry.
/// The lock has the SHA-256 of the files that the built-in registry was made from.
#[cfg(feature = "fetch")]
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen fetch                                  all of upstream, into ./lwm2m-registry
  lwm2m-codegen fetch 3 temperature --into registry    some objects
  lwm2m-codegen fetch --locked                         what is built in, with descriptions
  lwm2m-codegen list --registry lwm2m-registry         use it

HTTP_PROXY, HTTPS_PROXY and NO_PROXY are respected.")]
pub(super) struct Fetch {
    /// Ids or names as the index has them; all of the index if none is given.
    #[arg(value_name = "OBJECT[@VERSION]")]
    pub(super) objects: Vec<String>,

    /// The root of the tree, over HTTP or HTTPS [default: the repository OpenMobileAlliance/lwm2m-registry].
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(super) from: Option<String>,

    /// A commit, branch or tag [default: prod upstream, or the lock's commit with --locked; behind another URL nothing].
    #[arg(long, value_name = "REV")]
    pub(super) rev: Option<String>,

    /// The directory that receives the files.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = crate::fetch::DEFAULT_DIRECTORY)]
    pub(super) into: PathBuf,

    /// Refuse files that are not as the lock has them.
    #[arg(long)]
    pub(super) locked: bool,

    /// Download nothing: check what the directory has, and say what is missing.
    #[arg(long, conflicts_with_all = ["from", "rev"])]
    pub(super) offline: bool,
}

/// Print the completions of a shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  lwm2m-codegen completions bash > ~/.local/share/bash-completion/completions/lwm2m-codegen
  lwm2m-codegen completions zsh > \"${fpath[1]}/_lwm2m-codegen\"
  lwm2m-codegen completions fish > ~/.config/fish/completions/lwm2m-codegen.fish")]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_make_sense() {
        Cli::command().debug_assert();
    }
}
