namespace Magnum.Web.Components.Localization;

/// <summary>Names the resources with the dashboard's texts: <c>Text.resx</c> (English) and <c>Text.zh-Hans.resx</c>.</summary>
public sealed class Text;
