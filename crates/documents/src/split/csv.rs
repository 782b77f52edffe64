//! Tables of text: what is removed has three more columns.

use std::io::Write;
use std::sync::Arc;

use csv::{ByteRecord, Writer, WriterBuilder};

use super::output::{Output, Unfinished};
use super::{FIELDS, Judge, Removal, Split, SplitError, Verdict};
use crate::corpus::csv::{bad as refused_csv, reader};
use crate::corpus::{Compression, Format, Inputs};
use crate::error::{Error, Reason};

pub(super) fn split<E, F: FnMut(u32) -> Result<Option<Removal>, E>>(
    to: &Split,
    inputs: &Inputs,
    judge: &mut Judge<'_, F>,
) -> Result<Vec<Unfinished>, SplitError<E>> {
    let Some(first) = inputs.iter().next() else { return Ok(Vec::new()) };
    let mut kept = table(first.format, Output::like(inputs, to.path_like("kept", first)?)?);
    let mut removed = table(first.format, Output::like(inputs, to.path_like("removed", first)?)?);
    let mut bad: Option<Output> = None;
    let mut headers: Option<ByteRecord> = None;
    for input in inputs.iter() {
        let mut records = reader(input, input.open(&Arc::default())?);
        let own = records.byte_headers().map_err(|error| refused_csv(&input.path, &error))?.clone();
        match &headers {
            None => {
                write(&mut kept, &own)?;
                let mut longer = own.clone();
                FIELDS.iter().for_each(|name| longer.push_field(name.as_bytes()));
                write(&mut removed, &longer)?;
                headers = Some(own);
            }
            Some(first) if *first != own => {
                let reason = Reason::BadFile("its columns are not those of the first table".to_string());
                return Err(Error { path: input.path.clone(), line: Some(1), reason }.into());
            }
            Some(_) => {}
        }
        let mut record = ByteRecord::new();
        loop {
            let line = match records.read_byte_record(&mut record) {
                Ok(true) => record.position().map_or(0, csv::Position::line),
                Ok(false) => break,
                Err(error) => match (error.kind(), error.position()) {
                    (csv::ErrorKind::UnequalLengths { .. }, Some(at)) => at.line(),
                    _ => return Err(refused_csv(&input.path, &error).into()),
                },
            };
            match judge.verdict(&input.path, line)? {
                Verdict::Keep => write(&mut kept, &record)?,
                Verdict::Remove(removal) => {
                    record.push_field(removal.duplicate_of.as_bytes());
                    record.push_field(removal.jaccard.to_string().as_bytes());
                    record.push_field(removal.containment.to_string().as_bytes());
                    write(&mut removed, &record)?;
                }
                Verdict::SetAside => {
                    let file = match &mut bad {
                        Some(file) => file,
                        None => bad.insert(Output::create(to.path("bad", "txt"), Compression::None)?),
                    };
                    let fields: Vec<&[u8]> = record.iter().collect();
                    file.put(&[&fields.join(&b"\t"[..])[..], b"\n"].concat())?;
                }
            }
        }
    }
    let mut files = vec![end(kept)?, end(removed)?];
    files.extend(bad.map(Output::end).transpose()?);
    Ok(files)
}

fn table(format: Format, output: Output) -> Writer<Output> {
    let delimiter = if format == Format::Tsv { b'\t' } else { b',' };
    WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(output)
}

fn write(table: &mut Writer<Output>, record: &ByteRecord) -> Result<(), Error> {
    table.write_byte_record(record).map_err(|error| refused_csv(table.get_ref().path(), &error))
}

fn end(table: Writer<Output>) -> Result<Unfinished, Error> {
    let path = table.get_ref().path().to_path_buf();
    let mut output = table.into_inner().map_err(|error| Error::io(&path, error.error()))?;
    output.flush().map_err(|error| Error::io(&path, &error))?;
    output.end()
}
