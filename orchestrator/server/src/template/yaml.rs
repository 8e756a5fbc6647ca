//! YAML as CloudFormation reads it: `!Ref x` is `{"Ref": "x"}`, `!Sub x` is `{"Fn::Sub": "x"}`.

use serde_json::{Map, Number, Value};
use yaml_rust2::Event;
use yaml_rust2::parser::{EventReceiver, Parser, Tag};
use yaml_rust2::scanner::TScalarStyle;

pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader::default();
    let mut parser = Parser::new_from_str(text);
    parser.load(&mut reader, false).map_err(|error| error.to_string())?;
    match reader.fault {
        Some(fault) => Err(fault),
        None => Ok(reader.root.unwrap_or_default()),
    }
}

enum Open {
    List(Vec<Value>),
    /// The key whose value comes next.
    Map(Map<String, Value>, Option<String>),
}

#[derive(Default)]
struct Reader {
    open: Vec<(Option<Tag>, Open)>,
    root: Option<Value>,
    fault: Option<String>,
}

impl EventReceiver for Reader {
    fn on_event(&mut self, event: Event) {
        match event {
            Event::Scalar(text, style, _, tag) => {
                let value = if style == TScalarStyle::Plain && !is_text(tag.as_ref()) {
                    plain(text)
                } else {
                    Value::String(text)
                };
                self.put(tagged(tag, value));
            }
            Event::SequenceStart(_, tag) => self.open.push((tag, Open::List(Vec::new()))),
            Event::MappingStart(_, tag) => self.open.push((tag, Open::Map(Map::new(), None))),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((tag, closed)) = self.open.pop() else { return };
                let value = match closed {
                    Open::List(items) => Value::Array(items),
                    Open::Map(entries, _) => Value::Object(entries),
                };
                self.put(tagged(tag, value));
            }
            Event::Alias(_) => {
                self.fault.get_or_insert("aliases (`*name`) are not supported".to_owned());
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart
            | Event::DocumentEnd => {}
        }
    }
}

impl Reader {
    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some((_, Open::List(items))) => items.push(value),
            Some((_, Open::Map(entries, key))) => {
                if let Some(key) = key.take() {
                    entries.insert(key, value);
                } else {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    *key = Some(text);
                }
            }
        }
    }
}

fn is_text(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.handle.contains("yaml.org") && tag.suffix == "str")
}

fn tagged(tag: Option<Tag>, value: Value) -> Value {
    let Some(tag) = tag.filter(|tag| tag.handle == "!") else { return value };
    let name = match tag.suffix.as_str() {
        "Ref" | "Condition" => tag.suffix,
        function => format!("Fn::{function}"),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

/// Numbers keep their digits where JSON can write them.
fn plain(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        number => match number.parse::<Number>() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::String(text),
        },
    }
}
