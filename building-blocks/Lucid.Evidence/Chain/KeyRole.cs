namespace Lucid.Evidence;

/// <summary>What a rotated key is for.</summary>
public enum KeyRole
{
    Authority,
    Governance,
    TallyIssuer,
    Anchoring,
    Manifest,
}

internal static class KeyRoles
{
    public static string Name(KeyRole role) => role switch
    {
        KeyRole.Authority => "authority",
        KeyRole.Governance => "governance",
        KeyRole.TallyIssuer => "tally_issuer",
        KeyRole.Anchoring => "anchoring",
        _ => "manifest",
    };

    public static KeyRole? Parse(string name) => Enum.GetValues<KeyRole>().Cast<KeyRole?>().FirstOrDefault(r => Name(r!.Value) == name);
}
