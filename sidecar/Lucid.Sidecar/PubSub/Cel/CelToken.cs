namespace Lucid.Sidecar.PubSub.Cel;

internal enum CelTokenKind { Identifier, Integer, Double, Text, Symbol, End }

/// <param name="Text">Identifier or symbol as written; for a string literal its value.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int Position)
{
    public bool Is(string symbol) => Kind is CelTokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind is CelTokenKind.Identifier && Text == word;
}
