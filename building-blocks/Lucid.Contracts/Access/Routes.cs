namespace Lucid.Contracts.Access;

/// <summary>
/// Path templates of calls between services. Where two callers of one app have different rights the literals come first,
/// so that the sidecar, which knows a rule only by the literal segments before its first parameter, can tell them apart.
/// </summary>
public static class Routes
{
    public const string Jwks = "/.well-known/jwks.json";

    /// <summary>Owned ids, page by page, with the projection the read model keeps; served by every owner.</summary>
    public const string Catalogue = "/internal/v1/catalogue";

    public static class Auth
    {
        /// <summary>A user's registered encryption keys, for the recipients of a new session.</summary>
        public const string EncryptionKeys = "/internal/v1/encryption-keys/{user}";

        public const string Introspect = "/internal/v1/tokens/introspect";
        public const string Exchange = "/internal/v1/tokens/exchange";
    }

    public static class Pipeline
    {
        public const string Pipelines = "/internal/v1/pipelines";
        public const string PipelineById = "/internal/v1/pipelines/{session}";
        public const string PipelineCommand = "/internal/v1/pipelines/{session}/{command}";
        public const string Chunks = "/internal/v1/ledger/chunks/{session}";
        public const string Resume = "/internal/v1/ledger/resume/{session}";
        public const string ChunkSealed = "/internal/v1/chunks/sealed/{session}/{index}";
        public const string ChunkCommit = "/internal/v1/chunks/commit/{session}/{index}";
        public const string ChunkFailed = "/internal/v1/chunks/failed/{session}/{index}";
        public const string RecordingReport = "/internal/v1/recordings/report/{session}";
        public const string DataKey = "/internal/v1/data-keys/{session}";
    }

    public static class Recorder
    {
        public const string Recordings = "/internal/v1/recordings";
        public const string RecordingById = "/internal/v1/recordings/{session}";
        public const string RecordingCommand = "/internal/v1/recordings/{session}/{command}";
        public const string IngestPosition = "/internal/v1/ingest/{session}";
        public const string IngestFragment = "/internal/v1/ingest/{session}/{epoch}/{run}/{offset}";
        public const string Spool = "/internal/v1/spool/{session}/{index}";
    }

    public static class Storage
    {
        public const string Chunk = "/internal/v1/chunks/{session}/{index}";
        public const string ChunkCatalogue = "/internal/v1/chunk-catalogue/{session}";
        public const string Manifest = "/internal/v1/manifests/{session}/{version}";
        public const string Keys = "/internal/v1/keys/{session}";
        public const string Receipt = "/internal/v1/receipts/{session}";
        public const string Bundle = "/internal/v1/bundles/{session}";
        public const string Session = "/internal/v1/sessions/{session}";
        public const string Status = "/internal/v1/status";
    }

    public static class Anchoring
    {
        public const string Sessions = "/api/v1/anchoring/session";
        public const string SessionById = "/api/v1/anchoring/session/{session}";
        public const string Receipt = "/api/v1/anchoring/session/{session}/receipt";
        public const string Retry = "/api/v1/anchoring/session/{session}/retry";
        public const string Verify = "/api/v1/anchoring/verify";
        public const string Status = "/api/v1/anchoring/status";
    }

    public static class Engine
    {
        public const string Transactions = "/api/v1/transactions";
        public const string TransactionById = "/api/v1/transactions/{tx}";
        public const string TransactionProof = "/api/v1/transactions/{tx}/proof";
        public const string BlockProof = "/api/v1/blocks/{block}/proof";
        public const string BlockByHeight = "/api/v1/blocks/height/{height}";
        public const string Blocks = "/api/v1/blocks";
        public const string BlockById = "/api/v1/blocks/{block}";
        public const string LatestBlock = "/api/v1/blocks/latest";
        public const string TreeHead = "/api/v1/chain/tree-head";
        public const string Consistency = "/api/v1/chain/consistency";
        public const string Info = "/api/v1/chain/info";
        public const string ChainStatus = "/api/v1/chain/status";
        public const string ChainHeight = "/api/v1/chain/height";
        public const string Validators = "/api/v1/chain/validators";
        public const string Genesis = "/api/v1/chain/genesis";

        /// <summary>For the anchoring service: a confirmed transaction with everything a receipt needs above it.</summary>
        public const string TransactionEvidence = "/internal/v1/evidence/{tx}";

        public const string Pause = "/internal/v1/chain/pause";
        public const string ResumeProduction = "/internal/v1/chain/resume";
        public const string Resync = "/internal/v1/chain/resync";
        public const string MerkleBuild = "/api/v1/merkle/build";
        public const string MerkleVerify = "/api/v1/merkle/verify";
    }

    public static class ReadModel
    {
        public const string Query = "/internal/v1/query/{view}";
    }
}
