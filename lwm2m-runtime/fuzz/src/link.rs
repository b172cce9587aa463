use lwm2m_runtime::link::{LinkWriter, Links, ObjectLink};

/// Reads a list of links, their parameters and what LwM2M knows of them; written again and read again it is the same.
///
/// # Panics
///
/// When that does not hold: that is the finding.
pub fn links(input: &[u8]) {
    let _ = Links::from_bootstrap_discover(input).map(|(_, links)| links.count());
    let Ok(links) = Links::from_bytes(input) else {
        return;
    };
    let Ok(links) = links.collect::<Result<Vec<_>, _>>() else {
        return;
    };

    let mut plain = String::new();
    let mut writer = LinkWriter::new(&mut plain);
    for link in &links {
        writer.link(link.target).expect("a String takes everything");
        for parameter in link.parameters {
            match parameter.value() {
                Some(value) => writer.quoted(parameter.name, value),
                None => writer.flag(parameter.name),
            }
            .expect("a String takes everything");
        }
    }
    let again: Vec<_> = Links::new(&plain)
        .map(|link| link.expect("what was written can be read"))
        .collect();
    assert_eq!(links.len(), again.len(), "{plain}");
    for (link, again) in links.iter().zip(&again) {
        assert_eq!(link.target, again.target, "{plain}");
        let parameters = link
            .parameters
            .into_iter()
            .map(|parameter| (parameter.name, parameter.value()));
        assert!(
            parameters.eq(again
                .parameters
                .into_iter()
                .map(|parameter| (parameter.name, parameter.value())))
        );
    }

    let objects: Vec<_> = links
        .iter()
        .filter_map(|link| ObjectLink::read(*link).ok())
        .collect();
    let mut written = String::new();
    let mut writer = LinkWriter::new(&mut written);
    for object in &objects {
        object.write(&mut writer).expect("a String takes everything");
    }
    let read: Vec<_> = Links::new(&written)
        .map(|link| ObjectLink::read(link.expect("a link")).expect("a link of an object"))
        .collect();
    assert_eq!(objects, read, "{written}");
}
