using System.Text.Json;
using Grpc.Core;

namespace Lucid.Sidecar.Conformance.Worlds;

/// <summary>What is asserted of many answers.</summary>
internal static class Answers
{
    public static async Task<string> TextAsync(this HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync();

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.TextAsync());
        return document.RootElement.Clone();
    }

    public static string? Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;

    /// <summary>204 and nothing else.</summary>
    public static async Task IsDoneAsync(this HttpResponseMessage answer) =>
        Assert.Equal((204, ""), ((int)answer.StatusCode, await answer.TextAsync()));

    public static async Task IsAsync(this HttpResponseMessage answer, int status, string body) =>
        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.TextAsync()));

    /// <summary>The status with an error body of this code; returns the body.</summary>
    public static async Task<JsonElement> IsRefusedAsync(this HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.TextAsync();
        Assert.True((int)answer.StatusCode == status && text.Contains("errorCode", StringComparison.Ordinal), $"{(int)answer.StatusCode} instead of {status}: {text}");
        var body = await answer.JsonAsync();
        Assert.Equal(code, body.GetProperty("errorCode").GetString());
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return body;
    }

    public static async Task<RpcException> IsRefusedAsync(this Task call, StatusCode code)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(code, refused.StatusCode);
        return refused;
    }

    public static Task<RpcException> IsRefusedAsync<T>(this AsyncUnaryCall<T> call, StatusCode code) => IsRefusedAsync((Task)call.ResponseAsync, code);
}
