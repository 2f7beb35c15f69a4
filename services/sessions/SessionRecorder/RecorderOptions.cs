using System.ComponentModel.DataAnnotations;

namespace Lucid.SessionRecorder;

/// <summary>Settings of the recorder.</summary>
public sealed record RecorderOptions
{
    /// <summary>Folder of the spool; one below it for each recording.</summary>
    [Required]
    public string SessionDataPath { get; set; } = "/data/sessions";

    /// <summary>Recordings accepted at once; 1–1,000.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentRecordings { get; set; } = 100;

    /// <summary>New recordings are refused below this much free space; 0 switches the check off.</summary>
    [Range(0, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 1L << 30;
}
