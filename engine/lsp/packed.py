"""The extension for VS Code as one file that VS Code installs: a folder that is only copied beside the others is not
taken, and is deleted later.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from engine.rulebook.locate import shipped

_MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="zh-CN" Id={name} Version={version} Publisher={publisher}/>
    <DisplayName>{shown}</DisplayName>
    <Description>{description}</Description>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value={editor}/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
  </Assets>
</PackageManifest>
"""
_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="json" ContentType="application/json"/>
  <Default Extension="js" ContentType="application/javascript"/>
  <Default Extension="md" ContentType="text/markdown"/>
  <Default Extension="vsixmanifest" ContentType="text/xml"/>
</Types>
"""
_SINCE = (1980, 1, 1, 0, 0, 0)
"""The same files make the same archive."""


def pack(path: Path) -> None:
    """Writes the extension that belongs to this version into a file (``….vsix``). Raises ``OSError``."""
    folder = shipped("editors") / "vscode"
    about = json.loads((folder / "package.json").read_text("utf-8"))
    manifest = _MANIFEST.format(
        name=quoteattr(about["name"]), version=quoteattr(about["version"]), publisher=quoteattr(about["publisher"]),
        shown=about["displayName"], description=about["description"], editor=quoteattr(about["engines"]["vscode"]),
    )  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml", _SINCE), _TYPES)
        archive.writestr(zipfile.ZipInfo("extension.vsixmanifest", _SINCE), manifest)
        for file in sorted(one for one in folder.iterdir() if one.is_file()):
            archive.writestr(zipfile.ZipInfo(f"extension/{file.name}", _SINCE), file.read_bytes())
