using System.Text.Json;
using Lucid.Contracts.Sessions;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Tests.Support;

/// <summary>Sessions with ids that repeat from run to run.</summary>
internal static class SessionBuilder
{
    public static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Guid Id(int number) => new($"00000000-0000-7000-8000-{number:d12}");

    public static SessionView Session(
        int number, int user = 1, string name = "daily", string? description = null, string state = SessionStates.Recording, long version = 1,
        string? project = null, string? environment = null, string[]? tags = null, int minutes = 0, long size = 0) => new()
        {
            SessionId = Id(number).ToString("D"),
            UserId = Id(user).ToString("D"),
            Name = name,
            Description = description,
            State = state,
            AnchorStatus = AnchorStates.None,
            CreatedAt = Epoch.AddMinutes(minutes),
            UpdatedAt = Epoch.AddMinutes(minutes).AddSeconds(version),
            RecordingConfig = new RecordingConfig(),
            StorageConfig = new StorageConfig(),
            Metadata = new SessionMetadata(project, environment, tags),
            Custody = Custodies.Owner,
            SizeBytes = size,
            Version = version,
        };

    public static DocumentChange Change(this SessionView session) => SessionDocuments.Of(session, session.Version);

    public static string Text(this JsonElement document, string member) => document.GetProperty(member).GetString()!;

    public static IReadOnlyList<string> Names(this DocumentPage page) => [.. page.Documents.Select(document => document.Text("name"))];

    public static IReadOnlyList<string> Ids(this DocumentPage page) => [.. page.Documents.Select(document => document.Text("session_id"))];
}
