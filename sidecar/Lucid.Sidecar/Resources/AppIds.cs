namespace Lucid.Sidecar.Resources;

/// <summary>What an app-id may look like. It becomes part of a SPIFFE id, of state keys and of host names.</summary>
internal static class AppIds
{
    private const int MaximumLength = 128;

    /// <summary>What is wrong with an app-id; null when it can be used.</summary>
    public static string? Fault(string id) => id switch
    {
        "" => "is empty",
        { Length: > MaximumLength } => $"is longer than {MaximumLength} characters",
        _ when id.Contains('.') => $"'{id}' must not contain a dot: a dot separates app-id and namespace in calls",
        _ when id.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')) => $"'{id}' must consist of letters, digits, '-' and '_'",
        _ => null,
    };
}
