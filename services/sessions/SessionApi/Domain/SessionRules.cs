using System.Globalization;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;

namespace Lucid.SessionApi.Domain;

/// <summary>Limits of the create and update bodies (03 §3.1); every fault is named at once.</summary>
public static class SessionRules
{
    public const int MaxRecipients = 8;
    private static readonly string[] Qualities = ["low", "medium", "high", "ultra"];
    private static readonly string[] Priorities = ["low", "normal", "high", "critical"];

    private static readonly Dictionary<string, string> ResolutionAliases = new(StringComparer.Ordinal)
    {
        ["720p"] = "1280x720", ["1080p"] = "1920x1080", ["1440p"] = "2560x1440", ["4k"] = "3840x2160",
    };

    public static List<FieldError> Check(CreateSession request)
    {
        var errors = new List<FieldError>();
        CheckName(errors, request.Name);
        CheckDescription(errors, request.Description);
        CheckRecording(errors, request.RecordingConfig ?? new());
        CheckStorage(errors, request.StorageConfig ?? new());
        CheckMetadata(errors, request.Metadata ?? new());
        if (request.KeyRecipients is { Count: 0 or > MaxRecipients })
        {
            errors.Add(new("key_recipients", $"1-{MaxRecipients}", $"Name 1 to {MaxRecipients} public keys, or leave the field out for your registered ones."));
        }

        if (request.Custody is not (null or Custodies.Owner or Custodies.OwnerAndPlatform))
        {
            errors.Add(new("custody", "owner|owner+platform", "custody is owner or owner+platform."));
        }

        return errors;
    }

    public static List<FieldError> Check(UpdateSession request)
    {
        var errors = new List<FieldError>();
        if (request.Name is not null)
        {
            CheckName(errors, request.Name);
        }

        CheckDescription(errors, request.Description);
        if (request.RecordingConfig is not null)
        {
            CheckRecording(errors, request.RecordingConfig);
        }

        if (request.Metadata is not null)
        {
            CheckMetadata(errors, request.Metadata);
        }

        Range(errors, "retention_days", request.RetentionDays ?? 1, 1, 365);
        return errors;
    }

    /// <summary>Aliases resolved.</summary>
    public static RecordingConfig Normalise(RecordingConfig config) =>
        ResolutionAliases.TryGetValue(config.Resolution, out var size) ? config with { Resolution = size } : config;

    private static void CheckName(List<FieldError> errors, string name)
    {
        if (name.Trim() != name || name.Length is < 1 or > 255 || name.Any(char.IsControl))
        {
            errors.Add(new("name", "1-255", "name has 1 to 255 characters, no control characters, no blanks at its ends."));
        }
    }

    private static void CheckDescription(List<FieldError> errors, string? description)
    {
        if (description?.Length > 1000)
        {
            errors.Add(new("description", "0-1000", "description has at most 1000 characters."));
        }
    }

    private static void CheckRecording(List<FieldError> errors, RecordingConfig config)
    {
        Range(errors, "recording_config.frame_rate", config.FrameRate, 1, 60);
        Range(errors, "recording_config.bitrate_kbps", config.BitrateKbps, 100, 50_000);
        if (!Qualities.Contains(config.Quality))
        {
            errors.Add(new("recording_config.quality", string.Join('|', Qualities), $"quality is one of {string.Join(", ", Qualities)}."));
        }

        var parts = Normalise(config).Resolution.Split('x');
        var valid = parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width is >= 320 and <= 3840 && height is >= 240 and <= 2160 && width % 2 == 0 && height % 2 == 0;
        if (!valid)
        {
            errors.Add(new("recording_config.resolution", "320x240-3840x2160", "resolution is WxH in even numbers, 320x240 to 3840x2160, or 720p, 1080p, 1440p, 4k."));
        }
    }

    private static void CheckStorage(List<FieldError> errors, StorageConfig config)
    {
        Range(errors, "storage_config.retention_days", config.RetentionDays, 1, 365);
        Range(errors, "storage_config.max_size_bytes", config.MaxSizeBytes, 1L << 20, 100L << 30);
        Range(errors, "storage_config.chunk_size_bytes", config.ChunkSizeBytes, 1 << 20, 10 << 20);
    }

    private static void CheckMetadata(List<FieldError> errors, SessionMetadata metadata)
    {
        Length(errors, "metadata.project", metadata.Project, 100);
        Length(errors, "metadata.environment", metadata.Environment, 50);
        if (metadata.Tags is { Count: > 10 } || metadata.Tags?.Any(tag => tag is not { Length: > 0 and <= 50 }) == true)
        {
            errors.Add(new("metadata.tags", "10x50", "At most 10 tags of 1 to 50 characters."));
        }

        if (!Priorities.Contains(metadata.Priority))
        {
            errors.Add(new("metadata.priority", string.Join('|', Priorities), $"priority is one of {string.Join(", ", Priorities)}."));
        }
    }

    private static void Range(List<FieldError> errors, string field, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            errors.Add(new(field, $"{least}-{most}", $"{field} is from {least} to {most}."));
        }
    }

    private static void Length(List<FieldError> errors, string field, string? value, int most)
    {
        if (value?.Length > most)
        {
            errors.Add(new(field, $"0-{most}", $"{field} has at most {most} characters."));
        }
    }
}
