using static Lucid.Contracts.Services.AppIds;

namespace Lucid.DaprFiles;

/// <summary>Variables of a run on one machine beside those every service has. Paths are relative to the service's folder and lead into <c>.lucid/</c>.</summary>
internal static class DevelopmentEnvironment
{
    private const string Data = "../../../.lucid";

    public static IReadOnlyList<(string Name, string Value)> For(string appId) => appId switch
    {
        BlockchainEngine =>
        [
            ("GENESIS_FILE", $"{Data}/genesis.json"),
            ("BLOCK_STORAGE_PATH", $"{Data}/volumes/blocks"),
            ("CONSENSUS_ALGORITHM", "PoOT"),
            ("CONSENSUS_PARTICIPANTS_MIN", "1"),
        ],
        SessionAnchoring => [("MERKLE_STORAGE_PATH", $"{Data}/volumes/merkle")],
        SessionPipeline => [("GENESIS_FILE", $"{Data}/genesis.json"), ("SESSION_KEY_PATH", $"{Data}/volumes/session-keys")],
        SessionRecorder => [("SESSION_DATA_PATH", $"{Data}/volumes/sessions")],
        SessionStorage => [("STORAGE_PATH", $"{Data}/volumes/storage")],
        StorageDatabase => [("READ_MODEL_PATH", $"{Data}/volumes/read-model")],
        _ => [],
    };
}
