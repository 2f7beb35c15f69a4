using System.Text.Json;

namespace Lucid.BlockchainEngine;

internal static class Naming
{
    /// <summary>The name of an enum value as it appears in answers and labels.</summary>
    public static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
