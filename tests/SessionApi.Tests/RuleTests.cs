using Lucid.Contracts.Sessions;
using Lucid.SessionApi.Domain;

namespace Lucid.SessionApi.Tests;

public sealed class RuleTests
{
    private static readonly DateTimeOffset Now = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, CreateSession, bool> Limits()
    {
        var data = new TheoryData<string, CreateSession, bool>();
        void Add(string field, bool good, CreateSession request) => data.Add(field, request, good);
        CreateSession Recording(RecordingConfig config) => new("n", RecordingConfig: config);
        CreateSession Storage(StorageConfig config) => new("n", StorageConfig: config);
        CreateSession Metadata(SessionMetadata metadata) => new("n", Metadata: metadata);
        foreach (var (name, good) in ((string, bool)[])[("", false), ("n", true), (new('n', 255), true), (new('n', 256), false), (" n", false), ("n ", false), ("a\tb", false), ("a b", true)])
        {
            Add("name", good, new(name));
        }

        Add("description", true, new("n", new string('d', 1000)));
        Add("description", false, new("n", new string('d', 1001)));
        foreach (var (value, good) in ((int, bool)[])[(0, false), (1, true), (60, true), (61, false)])
        {
            Add("recording_config.frame_rate", good, Recording(new(FrameRate: value)));
        }

        foreach (var (value, good) in ((int, bool)[])[(99, false), (100, true), (50_000, true), (50_001, false)])
        {
            Add("recording_config.bitrate_kbps", good, Recording(new(BitrateKbps: value)));
        }

        foreach (var (value, good) in ((string, bool)[])[
            ("320x240", true), ("3840x2160", true), ("318x240", false), ("320x238", false), ("3842x2160", false), ("3840x2162", false), ("321x240", false), ("320x241", false),
            ("720p", true), ("4k", true), ("8k", false), ("-320x240", false), ("320x240x1", false), ("320X240", false), (" 320x240", false), ("", false)])
        {
            Add("recording_config.resolution", good, Recording(new(Resolution: value)));
        }

        foreach (var (value, good) in ((string, bool)[])[("low", true), ("medium", true), ("high", true), ("ultra", true), ("High", false), ("", false)])
        {
            Add("recording_config.quality", good, Recording(new(Quality: value)));
        }

        foreach (var (value, good) in ((int, bool)[])[(0, false), (1, true), (365, true), (366, false)])
        {
            Add("storage_config.retention_days", good, Storage(new(RetentionDays: value)));
        }

        foreach (var (value, good) in ((long, bool)[])[((1 << 20) - 1, false), (1 << 20, true), (100L << 30, true), ((100L << 30) + 1, false)])
        {
            Add("storage_config.max_size_bytes", good, Storage(new(MaxSizeBytes: value)));
        }

        foreach (var (value, good) in ((int, bool)[])[((1 << 20) - 1, false), (1 << 20, true), (10 << 20, true), ((10 << 20) + 1, false)])
        {
            Add("storage_config.chunk_size_bytes", good, Storage(new(ChunkSizeBytes: value)));
        }

        Add("metadata.project", true, Metadata(new(Project: new string('p', 100))));
        Add("metadata.project", false, Metadata(new(Project: new string('p', 101))));
        Add("metadata.environment", true, Metadata(new(Environment: new string('e', 50))));
        Add("metadata.environment", false, Metadata(new(Environment: new string('e', 51))));
        Add("metadata.tags", true, Metadata(new(Tags: [.. Enumerable.Repeat(new string('t', 50), 10)])));
        Add("metadata.tags", false, Metadata(new(Tags: [.. Enumerable.Repeat("t", 11)])));
        Add("metadata.tags", false, Metadata(new(Tags: [new string('t', 51)])));
        Add("metadata.tags", false, Metadata(new(Tags: [""])));
        Add("metadata.tags", false, Metadata(new(Tags: [null!])));
        Add("metadata.priority", true, Metadata(new(Priority: "critical")));
        Add("metadata.priority", false, Metadata(new(Priority: "urgent")));
        Add("key_recipients", true, new("n", KeyRecipients: new System.Text.Json.JsonElement[8]));
        Add("key_recipients", false, new("n", KeyRecipients: new System.Text.Json.JsonElement[9]));
        Add("key_recipients", false, new("n", KeyRecipients: []));
        Add("custody", true, new("n", Custody: "owner+platform"));
        Add("custody", false, new("n", Custody: "platform"));
        return data;
    }

    [Theory]
    [MemberData(nameof(Limits), DisableDiscoveryEnumeration = true)]
    public void Each_limit_of_the_table_holds_at_its_edge(string field, CreateSession request, bool good) =>
        Assert.Equal(good ? [] : [field], SessionRules.Check(request).Select(error => error.Field));

    [Fact]
    public void Every_fault_is_named_at_once_and_an_update_has_the_same_limits()
    {
        Assert.Equal(3, SessionRules.Check(new CreateSession("", new string('d', 1001), Custody: "x")).Count);
        Assert.Equal(
            ["name", "recording_config.frame_rate", "metadata.priority", "retention_days"],
            SessionRules.Check(new UpdateSession("", null, 0, new(Priority: "x"), new(FrameRate: 0))).Select(error => error.Field));
        Assert.Empty(SessionRules.Check(new UpdateSession()));
    }

    [Theory]
    [InlineData("720p", "1280x720")]
    [InlineData("1080p", "1920x1080")]
    [InlineData("1440p", "2560x1440")]
    [InlineData("4k", "3840x2160")]
    [InlineData("640x480", "640x480")]
    public void An_alias_stands_for_its_size(string given, string size) =>
        Assert.Equal(size, SessionRules.Normalise(new RecordingConfig(Resolution: given)).Resolution);

    [Fact]
    public void A_consent_covers_only_its_subject_session_policy_time_and_scopes()
    {
        var session = new ApiRig().View;
        var consent = new Consent("c", "me", null, "v1", null, ["video"], Now, Now.AddHours(1), null);
        Assert.Null(consent.Lacks(session, "me", null, Now));
        Assert.Null((consent with { SessionId = session.SessionId }).Lacks(session, "me", null, Now));
        Assert.NotNull(consent.Lacks(session, "you", null, Now));
        Assert.NotNull((consent with { SessionId = "another" }).Lacks(session, "me", null, Now));
        Assert.NotNull(consent.Lacks(session, "me", "policy", Now));
        Assert.NotNull((consent with { PolicyHash = "policy" }).Lacks(session, "me", null, Now));
        Assert.Null((consent with { PolicyHash = "policy" }).Lacks(session, "me", "policy", Now));
        Assert.Null(consent.Lacks(session, "me", null, Now.AddHours(1).AddTicks(-1)));
        Assert.NotNull(consent.Lacks(session, "me", null, Now.AddHours(1)));
        Assert.NotNull((consent with { RevokedAt = Now }).Lacks(session, "me", null, Now));
        Assert.NotNull((consent with { Scopes = ["audio"] }).Lacks(session, "me", null, Now));
        var loud = session with { RecordingConfig = new(AudioEnabled: true) };
        Assert.NotNull(consent.Lacks(loud, "me", null, Now));
        Assert.Null((consent with { Scopes = ["audio", "video"] }).Lacks(loud, "me", null, Now));
    }

    [Fact]
    public void The_receipt_hash_names_what_was_agreed_and_survives_revocation()
    {
        var consent = new Consent("c", "me", null, "v1", null, ["video"], Now, Now.AddHours(1), null);
        Assert.Equal(consent.ReceiptHash, (consent with { RevokedAt = Now }).ReceiptHash);
        Assert.NotEqual(consent.ReceiptHash, (consent with { TermsVersion = "v2" }).ReceiptHash);
        Assert.NotEqual(consent.ReceiptHash, (consent with { Scopes = ["audio"] }).ReceiptHash);
    }
}
