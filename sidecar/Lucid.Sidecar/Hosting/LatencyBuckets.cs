using Prometheus;

namespace Lucid.Sidecar.Hosting;

/// <summary>daprd's default histogram buckets.</summary>
internal static class LatencyBuckets
{
    private static readonly double[] Milliseconds =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1000, 2000, 5000, 10000, 20000, 50000, 100000,
    ];

    private static readonly double[] Bytes =
        [1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30];

    /// <summary>A latency histogram in milliseconds.</summary>
    public static HistogramConfiguration Labelled(params string[] labels) => new() { Buckets = Milliseconds, LabelNames = labels };

    /// <summary>A size histogram in bytes.</summary>
    public static HistogramConfiguration Sizes(params string[] labels) => new() { Buckets = Bytes, LabelNames = labels };
}
