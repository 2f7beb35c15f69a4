namespace Lucid.ServiceDefaults;

public enum SaveOutcome
{
    Saved,

    /// <summary>Somebody else wrote first; read again and decide again.</summary>
    Conflict,
}
