//! Pages of lists of objects, as stores send them. The library reads a page without its objects, or without a next one, as the last one.

use url::form_urlencoded;

/// What is wrong with a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BadPage {
    /// It is an error, although the status says otherwise.
    Error,
    /// It ends early.
    Cut,
    /// It is something else, or leads to no further page; and why.
    Wrong(&'static str),
}

/// The element that a list is.
const ROOT: &str = "ListBucketResult";

/// Returns whether a query asks for a page.
pub(super) fn is_list(query: &str) -> bool {
    query.split('&').any(|part| part == "list-type=2")
}

/// Checks the page that answers a query.
pub(super) fn check(xml: &str, query: &str) -> Result<(), BadPage> {
    match root(xml) {
        Some(ROOT) => {}
        Some("Error") => return Err(BadPage::Error),
        None if xml.trim().is_empty() => return Err(BadPage::Cut),
        _ => return Err(BadPage::Wrong("what the server sends is no list of objects; check its address")),
    }
    if !is_closed(xml) {
        return Err(BadPage::Cut);
    }
    let next = element(xml, "NextContinuationToken").filter(|next| !next.is_empty());
    let is_truncated = element(xml, "IsTruncated").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if is_truncated && next.is_none() {
        return Err(BadPage::Wrong(
            "the server says that its list of objects goes on, but not where; name each object by its own address",
        ));
    }
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "continuation-token");
    if next.is_some_and(|next| asked.is_some_and(|(_, asked)| asked == next)) {
        return Err(BadPage::Wrong(
            "the server sends the same page of its list of objects again; name each object by its own address",
        ));
    }
    Ok(())
}

/// Returns whether the last tag is that of the end of the list.
fn is_closed(xml: &str) -> bool {
    let tag = xml.trim_end().rsplit('<').next().unwrap_or_default();
    let Some(tag) = tag.strip_suffix('>') else { return false };
    let name = |tag: &str| tag.split([' ', '/']).next().unwrap_or_default().rsplit(':').next() == Some(ROOT);
    tag.strip_prefix('/').is_some_and(name) || (tag.ends_with('/') && name(tag))
}

/// Returns the name of the outermost element, without its namespace.
fn root(xml: &str) -> Option<&str> {
    let begins = |part: &&str| part.starts_with(|first: char| first.is_ascii_alphabetic());
    let name = xml.split('<').skip(1).find(begins)?.split([' ', '>', '/', '\t', '\r', '\n']).next()?;
    Some(name.rsplit(':').next().unwrap_or(name))
}

/// Returns the text of the first element of this name.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let mut tags = xml.match_indices('<').map(|(at, _)| &xml[at + 1..]);
    tags.find_map(|tag| {
        let (opened, rest) = tag.split_once('>')?;
        let opened = opened.split([' ', '\t', '\r', '\n']).next()?;
        let is_named = opened.rsplit(':').next() == Some(name);
        is_named.then(|| rest.split('<').next().unwrap_or_default().trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_must_say_where_the_list_goes_on() {
        let page = |inside: &str| {
            format!("<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"x\">{inside}</ListBucketResult>\n")
        };
        let checked = |inside: &str| check(&page(inside), "list-type=2&continuation-token=a%2B%3D");
        assert_eq!(checked("<IsTruncated>false</IsTruncated>"), Ok(()));
        assert_eq!(checked(""), Ok(()));
        let more = "<IsTruncated>true</IsTruncated>";
        assert_eq!(checked(&format!("{more}<NextContinuationToken>b</NextContinuationToken>")), Ok(()));
        for inside in [more, "<IsTruncated> true\n</IsTruncated><NextContinuationToken></NextContinuationToken>"] {
            assert!(matches!(checked(inside), Err(BadPage::Wrong(why)) if why.contains("not where")), "{inside}");
        }
        let again = checked("<NextContinuationToken>a+=</NextContinuationToken>");
        assert!(matches!(again, Err(BadPage::Wrong(why)) if why.contains("again")), "{again:?}");
    }

    #[test]
    fn what_is_no_page_is_none() {
        let checked = |xml: &str| check(xml, "list-type=2");
        assert_eq!(checked("<?xml version=\"1.0\"?><Error><Code>SlowDown</Code></Error>"), Err(BadPage::Error));
        assert_eq!(checked("<s3:Error/>"), Err(BadPage::Error));
        for cut in ["", "<ListBucketResult><Owner/>", "<ListBucketResult><Key>a</Key>", "<ListBucketResult>"] {
            assert_eq!(checked(cut), Err(BadPage::Cut), "{cut}");
        }
        for wrong in ["<!DOCTYPE html><html>please log in</html>", "{\"items\": []}", "please log in"] {
            assert!(matches!(checked(wrong), Err(BadPage::Wrong(_))), "{wrong}");
        }
        assert_eq!(checked("<ListBucketResult/>"), Ok(()));
        assert_eq!(element("<a><Code x='1'>b</Code></a>", "Code"), Some("b"));
    }
}
