//! The functions of SQL.

use std::sync::Arc;

use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryArray, Int64Array, ListArray, StringArray, StructArray, UInt32Array, new_empty_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Int64Type, UInt32Type, UInt64Type};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use datafusion::prelude::SessionContext;
use datafusion::scalar::ScalarValue;
use sha2::{Digest, Sha256};
use twinprint::Signature as MinHashSignature;
use twinprint_arrow::rules;

use crate::tools::{Tools, external};

/// The version of the functions, which `twinprint_version` returns. Machines of a cluster must have the same.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Adds all functions to a session.
pub fn register(context: &SessionContext) {
    functions().into_iter().for_each(|function| context.register_udf(function));
}

/// Returns all functions, for a registry of your own.
///
/// | function | of | is |
/// |---|---|---|
/// | `twinprint_version` | nothing | the version, such as `0.1.0` |
/// | `twinprint_shingles` | a text | its set of shingles, ascending: `List<UInt64>` |
/// | `twinprint_signature` | a text | its MinHash signature: `FixedSizeList<UInt32>` |
/// | `twinprint_band_keys` | a set, or a text | a key for each band: `List<UInt64>` |
/// | `twinprint_set_hash` | a set | 16 bytes of its SHA-256; null for the empty set, which equals no other |
/// | `twinprint_jaccard` | two sets | their exact similarity |
/// | `twinprint_shared` | two sets | how many shingles they share; null where the pair does not reach the threshold |
/// | `twinprint_sketch` | a set | its sketch, for oversized buckets |
/// | `twinprint_packed` | a sketch | its bytes, which aggregates hold in exactly their size |
/// | `twinprint_similar` | two sketches | whether their sets are similar, as far as sketches tell |
/// | `twinprint_reach` | two numbers | with how many of the first sets one of an oversized bucket is compared |
/// | `twinprint_search` | two lists of packed sketches, the reaches of the second, where the first begins, the numbers of both | the numbers of pairs that may be similar |
///
/// Each takes [`Settings`](crate::Settings) as JSON behind these arguments: `twinprint_shingles(body, '{"threshold": 0.7}')`.
#[must_use]
pub fn functions() -> Vec<ScalarUDF> {
    Kind::ALL.iter().map(|&kind| ScalarUDF::from(Function::new(kind))).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Version,
    Shingles,
    Signature,
    BandKeys,
    SetHash,
    Jaccard,
    Shared,
    Sketch,
    Packed,
    Similar,
    Reach,
    Search,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    kind: Kind,
    signature: Signature,
}

impl Function {
    fn new(kind: Kind) -> Self {
        let arguments = kind.arguments();
        let any = |count| if count == 0 { TypeSignature::Nullary } else { TypeSignature::Any(count) };
        let signatures = vec![any(arguments), any(arguments + 1)];
        let volatility = match kind {
            // Evaluated where rows are, not by the planner: it says which version a machine has.
            Kind::Version => Volatility::Volatile,
            _ => Volatility::Immutable,
        };
        Self { kind, signature: Signature::one_of(signatures, volatility) }
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        // The width of a signature depends on the settings, which are a value and no type.
        exec_err!("{} has a type that depends on its settings", self.name())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let settings = args.scalar_arguments.get(self.kind.arguments()).copied();
        let data_type = match settings {
            None => self.kind.data_type(&*Tools::of(DEFAULT)?)?,
            Some(Some(settings)) => self.kind.data_type(&*Tools::of_scalar(settings)?)?,
            Some(None) => return exec_err!("the settings of {} are not the same for all rows", self.name()),
        };
        Ok(Arc::new(Field::new(self.name(), data_type, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (columns, settings) = args.args.split_at(self.kind.arguments());
        let tools = match settings.first() {
            None => Tools::of(DEFAULT)?,
            Some(ColumnarValue::Scalar(settings)) => Tools::of_scalar(settings)?,
            Some(ColumnarValue::Array(_)) => {
                return exec_err!("the settings of {} are not the same for all rows", self.name());
            }
        };
        let is_scalar = columns.iter().all(|column| matches!(column, ColumnarValue::Scalar(_)));
        let found = self.kind.run(&ColumnarValue::values_to_arrays(columns)?, &tools)?;
        Ok(if is_scalar {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&found, 0)?)
        } else {
            ColumnarValue::Array(found)
        })
    }
}

/// The settings of a function without any.
const DEFAULT: &str = "{}";

impl Kind {
    const ALL: [Self; 12] = [
        Self::Version,
        Self::Shingles,
        Self::Signature,
        Self::BandKeys,
        Self::SetHash,
        Self::Jaccard,
        Self::Shared,
        Self::Sketch,
        Self::Packed,
        Self::Similar,
        Self::Reach,
        Self::Search,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Version => "twinprint_version",
            Self::Shingles => "twinprint_shingles",
            Self::Signature => "twinprint_signature",
            Self::BandKeys => "twinprint_band_keys",
            Self::SetHash => "twinprint_set_hash",
            Self::Jaccard => "twinprint_jaccard",
            Self::Shared => "twinprint_shared",
            Self::Sketch => "twinprint_sketch",
            Self::Packed => "twinprint_packed",
            Self::Similar => "twinprint_similar",
            Self::Reach => "twinprint_reach",
            Self::Search => "twinprint_search",
        }
    }

    /// Returns the number of arguments before the settings.
    fn arguments(self) -> usize {
        match self {
            Self::Version => 0,
            Self::Shingles | Self::Signature | Self::BandKeys | Self::SetHash | Self::Sketch | Self::Packed => 1,
            Self::Jaccard | Self::Shared | Self::Similar | Self::Reach => 2,
            Self::Search => 6,
        }
    }

    fn data_type(self, tools: &Tools) -> Result<DataType> {
        let numbers = || {
            let none = twinprint_arrow::shingles(&new_empty_array(&DataType::Utf8), &tools.settings.scheme);
            none.map(|none| none.data_type().clone()).map_err(external)
        };
        Ok(match self {
            Self::Version => DataType::Utf8,
            Self::Shingles | Self::BandKeys | Self::Sketch => numbers()?,
            Self::Signature => {
                let none = twinprint_arrow::signatures(&new_empty_array(&DataType::Utf8), &tools.settings.scheme);
                none.map_err(external)?.data_type().clone()
            }
            Self::SetHash | Self::Packed => DataType::Binary,
            Self::Jaccard => DataType::Float64,
            Self::Shared | Self::Reach => DataType::UInt32,
            Self::Similar => DataType::Boolean,
            Self::Search => DataType::List(found_field()),
        })
    }

    fn run(self, columns: &[ArrayRef], tools: &Tools) -> Result<ArrayRef> {
        let scheme = &tools.settings.scheme;
        let set = |at: usize| list(self, columns, at);
        Ok(match self {
            Self::Version => Arc::new(StringArray::from(vec![VERSION])),
            Self::Shingles => Arc::new(twinprint_arrow::shingles(&columns[0], scheme).map_err(external)?),
            Self::Signature => Arc::new(twinprint_arrow::signatures(&columns[0], scheme).map_err(external)?),
            Self::BandKeys => match columns[0].data_type() {
                DataType::List(_) => Arc::new(band_keys(set(0)?, tools)?),
                _ => Arc::new(band_keys(&twinprint_arrow::shingles(&columns[0], scheme).map_err(external)?, tools)?),
            },
            Self::SetHash => Arc::new(set_hashes(set(0)?)?),
            Self::Jaccard => Arc::new(twinprint_arrow::jaccard(set(0)?, set(1)?).map_err(external)?),
            Self::Shared => Arc::new(rules::verify(set(0)?, set(1)?, &tools.rules).map_err(external)?),
            Self::Sketch => Arc::new(rules::sketches(set(0)?, &tools.rules).map_err(external)?),
            Self::Packed => Arc::new(packed(set(0)?)?),
            Self::Similar => Arc::new(rules::similar(set(0)?, set(1)?, &tools.rules).map_err(external)?),
            Self::Reach => Arc::new(reaches(columns, tools)?),
            Self::Search => Arc::new(search(self, columns, tools)?),
        })
    }
}

fn list(kind: Kind, columns: &[ArrayRef], at: usize) -> Result<&ListArray> {
    let column = &columns[at];
    column.as_list_opt::<i32>().ok_or_else(|| {
        let (name, found) = (kind.name(), column.data_type());
        DataFusionError::Execution(format!("argument {} of {name} is {found}; it must be a list", at + 1))
    })
}

/// Returns the numbers of a row. A missing list is empty.
fn numbers(sets: &ListArray, row: usize) -> Result<&[u64]> {
    let Some(values) = sets.values().as_primitive_opt::<UInt64Type>() else {
        return exec_err!("a column is {}; it must be List<UInt64>", sets.data_type());
    };
    let range = sets.value_offsets()[row] as usize..sets.value_offsets()[row + 1] as usize;
    Ok(&values.values()[range])
}

fn band_keys(sets: &ListArray, tools: &Tools) -> Result<ListArray> {
    let keys = (0..sets.len()).map(|row| {
        let signature: MinHashSignature = tools.hasher.signature(numbers(sets, row)?);
        let keys = tools.keys.keys(&signature).map_err(external)?;
        Ok(Some(keys.into_iter().map(Some).collect::<Vec<_>>()))
    });
    Ok(ListArray::from_iter_primitive::<UInt64Type, _, _>(keys.collect::<Result<Vec<_>>>()?))
}

fn set_hashes(sets: &ListArray) -> Result<BinaryArray> {
    (0..sets.len())
        .map(|row| {
            let set = numbers(sets, row)?;
            let mut hash = Sha256::new();
            set.iter().for_each(|number| hash.update(number.to_le_bytes()));
            Ok((!set.is_empty()).then(|| hash.finalize()[..16].to_vec()))
        })
        .collect()
}

fn packed(sketches: &ListArray) -> Result<BinaryArray> {
    let bytes =
        |row| Ok(Some(numbers(sketches, row)?.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>()));
    (0..sketches.len()).map(bytes).collect()
}

/// Returns blocks of packed sketches as blocks of lists.
fn unpacked(blocks: &ListArray) -> Result<ListArray> {
    let Some(packed) = blocks.values().as_binary_opt::<i32>() else {
        return exec_err!("a block is {}; it must be List<Binary>, of packed sketches", blocks.data_type());
    };
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_le_bytes);
    let sketches = packed.iter().map(|sketch| Some(sketch?.chunks_exact(8).map(number).collect::<Vec<_>>()));
    let sketches = ListArray::from_iter_primitive::<UInt64Type, _, _>(sketches);
    let field = Arc::new(Field::new("item", sketches.data_type().clone(), true));
    Ok(ListArray::new(field, blocks.offsets().clone(), Arc::new(sketches), blocks.nulls().cloned()))
}

fn reaches(columns: &[ArrayRef], tools: &Tools) -> Result<UInt32Array> {
    let (before, similar) = (cast(&columns[0], &DataType::UInt32)?, cast(&columns[1], &DataType::UInt32)?);
    let pairs = before.as_primitive::<UInt32Type>().iter().zip(similar.as_primitive::<UInt32Type>());
    Ok(pairs.map(|(before, similar)| Some(tools.rules.reach(before?, similar?))).collect())
}

/// The fields of a pair that a search finds.
fn found_fields() -> Fields {
    let number = |name| Field::new(name, DataType::Int64, false);
    vec![number("left"), number("right")].into()
}

fn found_field() -> FieldRef {
    Arc::new(Field::new("item", DataType::Struct(found_fields()), true))
}

/// Returns how many sets of a block each one of another block is compared with, where the first of the block is at a place of the bucket.
fn reaches_from(reaches: &ListArray, starts: &ArrayRef) -> Result<ListArray> {
    let starts = cast(starts, &DataType::Int64)?;
    let starts = starts.as_primitive::<Int64Type>();
    let numbers = cast(reaches.values(), &DataType::Int64)?;
    let numbers = numbers.as_primitive::<Int64Type>();
    let of_row = |(row, bounds): (usize, &[i32])| {
        let start = starts.value(row);
        let reaches = &numbers.values()[bounds[0] as usize..bounds[1] as usize];
        Some(reaches.iter().map(|reach| Some((reach - start).clamp(0, i64::from(u32::MAX)) as u32)).collect::<Vec<_>>())
    };
    let rows = reaches.value_offsets().windows(2).enumerate().map(of_row);
    Ok(ListArray::from_iter_primitive::<UInt32Type, _, _>(rows.collect::<Vec<_>>()))
}

/// Returns lists of pairs by the numbers of their sets. Pairs by their places would have to be unnested beside the numbers of whole blocks.
fn search(kind: Kind, columns: &[ArrayRef], tools: &Tools) -> Result<ListArray> {
    let (pivots, probes) = (unpacked(list(kind, columns, 0)?)?, unpacked(list(kind, columns, 1)?)?);
    let reaches = reaches_from(list(kind, columns, 2)?, &columns[3])?;
    let found = rules::search(&pivots, &probes, &reaches, &tools.rules).map_err(external)?;
    let mut lengths = vec![0; pivots.len()];
    found.iter().for_each(|found| lengths[found.row as usize] += 1);
    let left = numbers_at(list(kind, columns, 4)?, &pivots, found.iter().map(|found| (found.row, found.pivot)))?;
    let right = numbers_at(list(kind, columns, 5)?, &probes, found.iter().map(|found| (found.row, found.probe)))?;
    let columns: Vec<ArrayRef> = vec![Arc::new(left), Arc::new(right)];
    let pairs = StructArray::new(found_fields(), columns, None);
    Ok(ListArray::new(found_field(), OffsetBuffer::from_lengths(lengths), Arc::new(pairs), None))
}

/// Returns the numbers at places of blocks, each a row and where in it.
fn numbers_at(numbers: &ListArray, blocks: &ListArray, places: impl Iterator<Item = (u32, u32)>) -> Result<Int64Array> {
    let Some(values) = numbers.values().as_primitive_opt::<Int64Type>() else {
        return exec_err!("the numbers of a block are {}; they must be List<Int64>", numbers.data_type());
    };
    if !numbers.offsets().lengths().eq(blocks.offsets().lengths()) {
        return exec_err!("a block does not have a number for each sketch");
    }
    let first = |row: u32| numbers.value_offsets()[row as usize] as usize;
    Ok(places.map(|(row, place)| Some(values.value(first(row) + place as usize))).collect())
}
