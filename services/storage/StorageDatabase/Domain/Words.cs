using System.Globalization;
using System.Text;

namespace Lucid.StorageDatabase.Domain;

/// <summary>
/// The words of a text: runs of letters, digits, numbers and symbols such as emoji, in lower case; all else separates, and combining marks
/// fall away. Documents and searches are split by the same rule, so that what reaches an engine holds no character its query language gives
/// a meaning to. Engines fold diacritics on top.
/// </summary>
internal static class Words
{
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
                    or UnicodeCategory.OtherSymbol when rune != Rune.ReplacementChar:
                    word.Append(Rune.ToLowerInvariant(rune));
                    break;
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark:
                    break;
                default:
                    End(words, word);
                    break;
            }
        }

        End(words, word);
        return words;
    }

    private static void End(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
