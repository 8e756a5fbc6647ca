//! Expressions made from others: a piece dropped, doubled, swapped with its neighbour, or taken from elsewhere.
use jsonata::Draw;

use super::at;

/// One to three changes. The result is mostly still an expression, and mostly means something else.
pub(crate) fn mutate(source: &str, others: &[&str], draw: &mut Draw) -> String {
    let mut pieces = pieces(source);
    for _ in 0..=draw.below(3) {
        if pieces.is_empty() {
            break;
        }
        let place = at(pieces.len(), draw);
        match draw.below(4) {
            0 => drop(pieces.remove(place)),
            1 => pieces.insert(place, pieces[place].clone()),
            2 => {
                let next = (place + 1) % pieces.len();
                pieces.swap(place, next);
            }
            _ => pieces[place] = piece_of_another(others, draw),
        }
    }
    pieces.concat()
}

fn piece_of_another(others: &[&str], draw: &mut Draw) -> String {
    let pieces = pieces(others[at(others.len(), draw)]);
    if pieces.is_empty() { String::new() } else { pieces[at(pieces.len(), draw)].clone() }
}

/// Words, numbers, quoted texts and single signs, with the blanks that follow each.
fn pieces(source: &str) -> Vec<String> {
    let characters: Vec<char> = source.chars().collect();
    let mut pieces = Vec::new();
    let mut begin = 0;
    while begin < characters.len() {
        let end = end_of_piece(&characters, begin);
        pieces.push(characters[begin..end].iter().collect());
        begin = end;
    }
    pieces
}

fn end_of_piece(characters: &[char], begin: usize) -> usize {
    let first = characters[begin];
    let rest = &characters[begin + 1..];
    let within =
        |belongs: &dyn Fn(char) -> bool| rest.iter().take_while(|it| belongs(**it)).count();
    let length = match first {
        '"' | '\'' | '`' => rest.iter().position(|it| *it == first).map_or(rest.len(), |at| at + 1),
        it if is_word(it) || it == '$' => within(&is_word),
        _ => 0,
    };
    let end = begin + 1 + length;
    end + characters[end..].iter().take_while(|it| it.is_whitespace()).count()
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}
