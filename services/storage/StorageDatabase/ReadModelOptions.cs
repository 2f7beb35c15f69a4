using System.ComponentModel.DataAnnotations;

namespace Lucid.StorageDatabase;

/// <summary>Settings of the read model.</summary>
public sealed record ReadModelOptions
{
    /// <summary>Folder of the read model's database file. All it holds can be rebuilt from the owners' catalogues.</summary>
    [Required]
    public string ReadModelPath { get; set; } = "/data/read-model";

    /// <summary>Seconds between two comparisons with an owner's catalogue, before a jitter of ± 10 %; 10–86,400.</summary>
    [Range(10, 86_400)]
    public int ReadModelReconcileSeconds { get; set; } = 600;
}
