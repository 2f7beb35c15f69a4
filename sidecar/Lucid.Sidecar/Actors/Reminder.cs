using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Lucid.Sidecar.Actors;

/// <summary>A reminder as it is stored: JSON with the fields of this record, times in RFC 3339 UTC, <c>data</c> as the app gave it.</summary>
internal sealed record Reminder(string Type, string Id, string Name, FiringPlan Plan, ReadOnlyMemory<byte> Data)
{
    public byte[] Serialize()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("dueTime", Plan.DueTime);
            json.WriteString("period", Plan.Period);
            json.WriteString("next", Plan.Next);
            json.WriteNumber("firingsLeft", Plan.FiringsLeft);
            if (Plan.ExpiresAt is { } expiry)
            {
                json.WriteString("expiresAt", expiry);
            }

            if (!Data.IsEmpty)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(Data.Span);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <exception cref="JsonException">Not a stored reminder.</exception>
    public static Reminder Parse(string type, string id, string name, ReadOnlyMemory<byte> stored)
    {
        try
        {
            using var document = JsonDocument.Parse(stored);
            var root = document.RootElement;
            var plan = new FiringPlan(
                root.GetProperty("dueTime").GetString()!,
                root.GetProperty("period").GetString()!,
                root.GetProperty("next").GetDateTimeOffset(),
                root.GetProperty("firingsLeft").GetInt32(),
                root.TryGetProperty("expiresAt", out var expiry) ? expiry.GetDateTimeOffset() : null);
            var data = root.TryGetProperty("data", out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : [];
            return new Reminder(type, id, name, plan, data);
        }
        catch (Exception failure) when (failure is KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"not a stored reminder: {failure.Message}"), failure);
        }
    }
}
