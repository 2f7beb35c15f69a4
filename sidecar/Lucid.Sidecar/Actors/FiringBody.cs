using System.Buffers;
using System.Text.Json;

namespace Lucid.Sidecar.Actors;

/// <summary>The body of the call that tells an actor of a reminder (<c>data?, dueTime, period</c>) or a timer (with <c>callback</c>).</summary>
internal static class FiringBody
{
    public static readonly IReadOnlyList<KeyValuePair<string, string>> Headers = [KeyValuePair.Create("Content-Type", "application/json")];

    public static ReadOnlyMemory<byte> Write(FiringPlan plan, ReadOnlyMemory<byte> data, string? callback = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (callback is not null)
        {
            json.WriteString("callback", callback);
        }

        if (!data.IsEmpty)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data.Span);
        }

        json.WriteString("dueTime", plan.DueTime);
        json.WriteString("period", plan.Period);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
