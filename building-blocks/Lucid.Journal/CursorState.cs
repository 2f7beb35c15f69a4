namespace Lucid.Journal;

internal enum CursorState
{
    Record,
    End,
    Bad,
}
